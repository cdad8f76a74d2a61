// urql's core with its normalised cache, as an application uses them.
import { Client, fetchExchange, gql } from '@urql/core';
import { filter, map, pipe, take, toPromise } from 'wonka';
import * as with_ from './checks.mjs';

const { assert, listened, run, url } = with_;
const { connect } = await import(`./generated/${process.env.SETUP}/urql.mjs`);

const { client, socket } = connect(url);

const { FILED, HOSTED } = with_;
const [COURSES, ONE, FILING, PERSON, TAGS, IMPORT, FOLLOW] = [
  'COURSES',
  'ONE',
  'FILING',
  'PERSON',
  'TAGS',
  'IMPORT',
  'FOLLOW',
].map((name) => gql(with_[name]));

const network = { requestPolicy: 'network-only' };
const hosted = async () => (await client.query(COURSES, HOSTED, network)).data.courses;

await run({
  async 'a query, whose entities are kept by their ids'() {
    const { node } = (await hosted()).edges[0];
    await client.query(ONE, { id: node.id });
    const kept = await client.query(ONE, { id: node.id }, { requestPolicy: 'cache-only' });
    assert.equal(kept.data.course.title, node.title);
  },

  async 'a query by GET, which it asks by unless told not to'() {
    const other = new Client({ url, exchanges: [fetchExchange] });
    const { data, error } = await other.query(COURSES, HOSTED);
    if (error) throw error;
    assert.equal(data.courses.edges.length, 3);
  },

  async 'a person, who is kept by the e-mail address'() {
    const { learner } = (await client.query(PERSON, with_.ADA)).data;
    assert.ok(learner.users.length > 1 && learner.completions.edges.length === 2);
    const kept = await client.query(PERSON, with_.ADA, { requestPolicy: 'cache-only' });
    assert.deepEqual(kept.data.learner, learner);
  },

  async 'the queries of the README'() {
    assert.ok(with_.SHOWN.length > 3);
    const { client } = connect(url); // with a cache of its own: these select no ids, which its lists need
    for (const text of with_.SHOWN) {
      const { error } = await client.query(gql(text), {});
      assert.equal(error, undefined);
      assert.ok((await client.query(gql(text), {}, { requestPolicy: 'cache-only' })).data);
    }
  },

  async 'pages, merged into one list'() {
    const first = await hosted();
    await client.query(COURSES, { ...HOSTED, after: first.pageInfo.endCursor });
    const { data } = await client.query(COURSES, HOSTED, { requestPolicy: 'cache-only' });
    assert.equal(data.courses.edges.length, 6);
    assert.equal(new Set(data.courses.edges.map((edge) => edge.node.id)).size, 6);
    assert.deepEqual(data.courses.edges.slice(0, 3), first.edges);
  },

  async 'pages of nodes, merged as well'() {
    const first = 3;
    const query = gql(with_.NODES);
    const { courses } = (await client.query(query, { first })).data;
    await client.query(query, { first, after: courses.pageInfo.endCursor });
    const { nodes } = (await client.query(query, { first }, { requestPolicy: 'cache-only' })).data.courses;
    assert.deepEqual([nodes.length, new Set(nodes.map(({ id }) => id)).size], [6, 6]);
  },

  async "pages of a person's list, who is one entity"() {
    const query = gql(with_.DONE);
    const { learner } = (await client.query(query, with_.HERS)).data;
    await client.query(query, { ...with_.HERS, after: learner.completions.pageInfo.endCursor });
    const { data } = await client.query(query, with_.HERS, { requestPolicy: 'cache-only' });
    assert.equal(new Set(data.learner.completions.nodes.map(({ id }) => id)).size, 4);
  },

  async 'what only one provider has, of two queries'() {
    const [{ node }] = (await hosted()).edges;
    for (const text of with_.FACETS) await client.query(gql(text), { id: node.id });
    for (const text of with_.FACETS) {
      const kept = await client.query(gql(text), { id: node.id }, { requestPolicy: 'cache-only' });
      assert.ok(kept.data.course.scormCloud);
    }
  },

  async 'a query by its hash, by GET'() {
    const sent = listened();
    await client.query(ONE, { id: 'no id' }, network);
    const { error } = await client.query(ONE, { id: 'none either' }, network);
    assert.deepEqual(sent.at(-1), ['GET', false], 'it goes with its text');
    assert.deepEqual(error.graphQLErrors.map((each) => each.extensions.code), ['BAD_USER_INPUT']);
  },

  async 'a part that comes later'() {
    const { id } = (await hosted()).edges[0].node;
    const told = [];
    await new Promise((complete) =>
      client.query(gql(with_.DEFERRED), { id }, network).subscribe((result) => {
        told.push(Boolean(result.data?.course?.assignments));
        if (!result.hasNext) complete();
      }),
    );
    assert.equal(told.at(-1), true, 'it never comes');
  },

  async 'a mutation, which changes what is shown elsewhere'() {
    const { id, title } = (await hosted()).edges[0].node;
    await client.query(ONE, { id });
    const { data } = await client.mutation(TAGS, { input: { course: id, tags: ['by urql'] } });
    assert.deepEqual(data.courseTagsReplace.userErrors, []);
    const { course } = (await client.query(ONE, { id }, { requestPolicy: 'cache-only' })).data;
    assert.deepEqual([course.title, course.tags], [title, ['by urql']]);
  },

  async 'a refusal, as data'() {
    const { data, error } = await client.mutation(TAGS, with_.NOBODY);
    assert.equal(error, undefined);
    const [refused] = data.courseTagsReplace.userErrors;
    assert.equal(data.courseTagsReplace.course, null);
    assert.deepEqual([refused.field, refused.code], [['course'], 'NOT_FOUND']);
  },

  async 'a part of the answer beside errors with codes'() {
    const { data, error } = await client.query(FILING, FILED, network);
    const [category] = data.categories.nodes;
    assert.deepEqual([typeof category.name, category.courses], ['string', null]);
    const codes = error.graphQLErrors.map(({ extensions }) => [extensions.code, extensions.source]);
    assert.deepEqual(codes, [['UNSUPPORTED', 'demo-stackone']]);
  },

  async 'a mistake, by its code'() {
    const { error } = await client.query(ONE, { id: 'no id' }, network);
    assert.deepEqual(error.graphQLErrors.map((each) => each.extensions.code), ['BAD_USER_INPUT']);
  },

  async 'a subscription over graphql-transport-ws, to its end'() {
    const { data } = await client.mutation(IMPORT, with_.tool('by-urql'));
    const { id } = data.courseImport.courseImport;
    const last = await pipe(
      client.subscription(FOLLOW, { id }),
      map((each) => each.data.courseImport),
      filter(({ status }) => status === 'COMPLETE'),
      take(1),
      toPromise,
    );
    assert.equal(last.course.title, 'A tool');
    await socket.dispose();
  },
});
