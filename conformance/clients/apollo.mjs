// Apollo Client 4, as an application uses it.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import * as with_ from './checks.mjs';

const { assert, listened, run, url } = with_;
const { connect } = await import(`./generated/${process.env.SETUP}/apollo.mjs`);

const { client, socket } = connect(url);

const [COURSES, ONE, FILING, PERSON, TAGS, IMPORT, FOLLOW] = [
  'COURSES',
  'ONE',
  'FILING',
  'PERSON',
  'TAGS',
  'IMPORT',
  'FOLLOW',
].map((name) => gql(with_[name]));

/** A query that is shown, with its first answer. */
async function watched(options) {
  const query = client.watchQuery(options);
  await new Promise((next, error) => query.subscribe({ next: ({ loading }) => loading || next(), error }));
  return query;
}

const hosted = async () =>
  (await client.query({ query: COURSES, variables: with_.HOSTED, fetchPolicy: 'network-only' })).data.courses;

await run({
  async 'a query, whose entities are kept by their ids'() {
    const { edges } = await hosted();
    const { node } = edges[0];
    const kept = client.readFragment({ id: `Course:${node.id}`, fragment: gql('fragment T on Course { title }') });
    assert.equal(kept.title, node.title);
  },

  async 'a query by GET'() {
    const link = new HttpLink({ uri: url, useGETForQueries: true });
    const other = new ApolloClient({ link, cache: new InMemoryCache() });
    const { data } = await other.query({ query: COURSES, variables: with_.HOSTED });
    assert.equal(data.courses.edges.length, 3);
  },

  async 'a person, who is kept by the e-mail address'() {
    const { learner } = (await client.query({ query: PERSON, variables: with_.ADA })).data;
    assert.ok(learner.users.length > 1 && learner.completions.edges.length === 2);
    const id = client.cache.identify({ __typename: 'Learner', email: with_.ADA.email });
    const kept = client.readFragment({ id, fragment: gql('fragment N on Learner { name }') });
    assert.equal(kept.name, learner.name);
  },

  async 'the queries of the README'() {
    assert.ok(with_.SHOWN.length > 3);
    for (const text of with_.SHOWN) {
      await client.query({ query: gql(text) });
      assert.ok(client.readQuery({ query: gql(text) }));
    }
  },

  async 'pages, merged into one list'() {
    const query = await watched({ query: COURSES, variables: with_.HOSTED });
    const first = query.getCurrentResult().data.courses;
    await query.fetchMore({ variables: { after: first.pageInfo.endCursor } });
    const { edges, pageInfo } = client.readQuery({ query: COURSES, variables: with_.HOSTED }).courses;
    assert.equal(edges.length, 6);
    assert.equal(new Set(edges.map((edge) => edge.node.id)).size, 6);
    assert.deepEqual(edges.slice(0, 3), first.edges);
    assert.notEqual(pageInfo.endCursor, first.pageInfo.endCursor);
    assert.equal(pageInfo.startCursor, first.pageInfo.startCursor);
  },

  async 'pages of nodes, merged as well'() {
    const first = 3;
    const query = await watched({ query: gql(with_.NODES), variables: { first } });
    const { endCursor: after } = query.getCurrentResult().data.courses.pageInfo;
    await query.fetchMore({ variables: { after } });
    await query.fetchMore({ variables: { after } }); // once more, as by a hasty finger
    const { nodes } = client.readQuery({ query: gql(with_.NODES), variables: { first } }).courses;
    assert.deepEqual([nodes.length, new Set(nodes.map(({ id }) => id)).size], [6, 6]);
  },

  async "pages of a person's list, who is one entity"() {
    const hers = { query: gql(with_.DONE), variables: with_.HERS };
    const query = await watched(hers);
    const { endCursor: after } = query.getCurrentResult().data.learner.completions.pageInfo;
    await query.fetchMore({ variables: { after } });
    const { nodes } = client.readQuery(hers).learner.completions;
    assert.equal(new Set(nodes.map(({ id }) => id)).size, 4);
  },

  async 'what only one provider has, of two queries'() {
    const [{ node }] = (await hosted()).edges;
    const [one, other] = with_.FACETS.map((text) => ({ query: gql(text), variables: { id: node.id } }));
    await client.query(one);
    await client.query(other);
    assert.ok(client.readQuery(one) && client.readQuery(other));
  },

  async 'a query by its hash, by GET'() {
    const sent = listened();
    const ask = () => client.query({ query: ONE, variables: { id: 'no id' }, errorPolicy: 'all', fetchPolicy: 'no-cache' });
    await ask();
    const { error } = await ask();
    assert.deepEqual(sent.at(-1), ['GET', false], 'it goes with its text');
    assert.deepEqual(error.errors.map((each) => each.extensions.code), ['BAD_USER_INPUT']);
  },

  async 'a part that comes later'() {
    const { id } = (await hosted()).edges[0].node;
    const query = client.watchQuery({ query: gql(with_.DEFERRED), variables: { id } });
    const states = [];
    await new Promise((complete, error) =>
      query.subscribe({ next: ({ dataState }) => states.push(dataState) && dataState === 'complete' && complete(), error }),
    );
    assert.ok(states.includes('streaming'), 'it comes with the rest');
    assert.ok(query.getCurrentResult().data.course.assignments, 'it comes incomplete');
  },

  async 'a mutation, which changes what is shown elsewhere'() {
    const { id, title } = (await hosted()).edges[0].node;
    const shown = await watched({ query: ONE, variables: { id } });
    const { data } = await client.mutate({ mutation: TAGS, variables: { input: { course: id, tags: ['by Apollo'] } } });
    assert.deepEqual(data.courseTagsReplace.userErrors, []);
    const { course } = shown.getCurrentResult().data;
    assert.deepEqual([course.title, course.tags], [title, ['by Apollo']]);
  },

  async 'a refusal, as data'() {
    const { data, error } = await client.mutate({ mutation: TAGS, variables: with_.NOBODY });
    assert.equal(error, undefined);
    const [refused] = data.courseTagsReplace.userErrors;
    assert.equal(data.courseTagsReplace.course, null);
    assert.deepEqual([refused.field, refused.code], [['course'], 'NOT_FOUND']);
  },

  async 'a part of the answer beside errors with codes'() {
    const { data, error } = await client.query({
      query: FILING,
      variables: with_.FILED,
      errorPolicy: 'all',
      fetchPolicy: 'no-cache',
    });
    const [category] = data.categories.nodes;
    assert.deepEqual([typeof category.name, category.courses], ['string', null]);
    assert.ok(CombinedGraphQLErrors.is(error));
    const codes = error.errors.map(({ extensions }) => [extensions.code, extensions.source]);
    assert.deepEqual(codes, [['UNSUPPORTED', 'demo-stackone']]);
  },

  async 'a mistake, by its code'() {
    const wrong = client.query({ query: ONE, variables: { id: 'no id' }, fetchPolicy: 'no-cache' });
    const error = await wrong.then(assert.fail, (error) => error);
    assert.ok(CombinedGraphQLErrors.is(error));
    assert.deepEqual(error.errors.map((each) => each.extensions.code), ['BAD_USER_INPUT']);
  },

  async 'a subscription over graphql-transport-ws, to its end'() {
    const { data } = await client.mutate({ mutation: IMPORT, variables: with_.tool('by-apollo') });
    const { id } = data.courseImport.courseImport;
    const told = [];
    await new Promise((complete, error) => {
      client.subscribe({ query: FOLLOW, variables: { id } }).subscribe({ next: (each) => told.push(each), error, complete });
    });
    const last = told.at(-1).data.courseImport;
    assert.deepEqual([last.status, last.course.title], ['COMPLETE', 'A tool']);
    await socket.dispose();
  },
});
