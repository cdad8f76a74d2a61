// Apollo Client 4, as an application uses it.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import * as with_ from './checks.mjs';

const { assert, run, url } = with_;

const socket = createClient({ url: url.replace('http', 'ws') });
const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: url }),
  ),
  cache: new InMemoryCache({
    typePolicies: {
      Learner: { keyFields: ['email'] },
      Query: { fields: { courses: relayStylePagination(['sources', 'filter']) } },
    },
  }),
});

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
