// What a client is seen to do, one after the other. Prints how each went, as JSON.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const patience = 10_000;

/** Run checks by name, each with what it needs of the server; the process ends with the last one. */
export async function run(checks) {
  const results = {};
  for (const [name, check] of Object.entries(checks)) {
    // It keeps the process alive, too, where what a check waits for will never come.
    let timer;
    const late = new Promise((_, fail) => {
      timer = setTimeout(fail, patience, new Error('it took too long'));
    });
    try {
      await Promise.race([check(), late]);
      results[name] = 'ok';
    } catch (error) {
      results[name] = String(error?.message ?? error);
    } finally {
      clearTimeout(timer);
    }
  }
  console.log(JSON.stringify(results));
  process.exit();
}

export { assert };

export const url = process.env.URL;

export const COURSES = `
  query Courses($first: Int!, $after: String, $sources: [String!], $filter: CourseFilter) {
    courses(first: $first, after: $after, sources: $sources, filter: $filter) {
      edges { cursor node { id title tags source { id name } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;

export const ONE = 'query One($id: ID!) { course(id: $id) { id title tags } }';

export const FILING = `
  query Filing($sources: [String!]) {
    categories(first: 1, sources: $sources) { nodes { id name courses(first: 1) { nodes { id } } } }
  }`;

export const PERSON = `
  query Person($email: String!, $first: Int!) {
    learner(email: $email) { email name users { id name } completions(first: $first) { edges { node { id } } } }
  }`;

export const TAGS = `
  mutation Tags($input: CourseTagsReplaceInput!) {
    courseTagsReplace(input: $input) { course { id tags } userErrors { field message code } }
  }`;

export const IMPORT = `
  mutation Import($input: CourseImportInput!) {
    courseImport(input: $input) { courseImport { id status } userErrors { field message code } }
  }`;

export const FOLLOW = `
  subscription Follow($id: ID!) {
    courseImport(id: $id) { id status course { id title } }
  }`;

export const NODES = `
  query Nodes($first: Int!, $after: String) {
    courses(first: $first, after: $after) { nodes { id title } pageInfo { hasNextPage endCursor } }
  }`;

export const DONE = `
  query Done($email: String!, $first: Int!, $after: String, $sources: [String!]) {
    learner(email: $email) {
      email
      completions(first: $first, after: $after, sources: $sources) { nodes { id } pageInfo { hasNextPage endCursor } }
    }
  }`;

/** Two sights of what only one provider has. */
export const FACETS = ['version', 'registrationCount'].map(
  (field) => `query Facet($id: ID!) { course(id: $id) { id scormCloud { ${field} } } }`,
);

export const DEFERRED = `
  query Deferred($id: ID!) { course(id: $id) { id title ... @defer { assignments(first: 1) { nodes { id } } } } }`;

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The queries that the README shows. */
export const SHOWN = [...readme.matchAll(/```graphql\n(.*?)```/gs)]
  .map(([, text]) => text)
  .filter((text) => !/^(mutation|subscription) /m.test(text));

/** What goes over HTTP, from now on: by method, and whether with the text. */
export function listened() {
  const sent = [];
  const own = globalThis.fetch;
  globalThis.fetch = (target, options = {}) => {
    const body = options.body ? JSON.parse(options.body) : Object.fromEntries(new URL(target).searchParams);
    sent.push([options.method ?? 'GET', Boolean(body.query)]);
    return own(target, options);
  };
  return sent;
}

/** A course out of what a content connector leads to: nothing is fetched for it. */
export const tool = (key) => ({
  input: {
    source: 'demo-scorm-cloud',
    key,
    connectorReference: {
      connectorId: 'lti',
      connectorIdForContent: '42',
      metadataForConnector: { title: 'A tool' },
    },
  },
});

/** Somebody whom every source knows. */
export const ADA = { email: 'ada.byron@academy.example', first: 2 };

/** One source can't tell the courses of a category, and says so. */
export const FILED = { sources: ['demo-stackone'] };

/** A list of hers that nothing else shows. */
export const HERS = { ...ADA, sources: ['demo-bindbee', 'demo-scorm-cloud'] };

export const HOSTED = { first: 3, sources: ['demo-scorm-cloud'] };

export const NOBODY = { input: { course: Buffer.from('Course:demo-scorm-cloud:none').toString('base64url'), tags: ['x'] } };
