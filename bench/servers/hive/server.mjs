// Hive Gateway over a Mesh source of JSON schemas: REST calls become fields of a subgraph, relations
// are resolvers that delegate to them in batches. Composed when it starts, served on node:http.
// https://the-guild.dev/graphql/mesh/v1/source-handlers/json-schema
// https://the-guild.dev/graphql/hive/docs/gateway/other-features/custom-resolvers

import { createServer } from 'node:http'

import { useGraphQlJit } from '@envelop/graphql-jit'
import {
  createRenameTransform,
  getComposedSchemaFromConfig,
} from '@graphql-mesh/compose-cli'
import { createGatewayRuntime, createLoggerFromLogging } from '@graphql-hive/gateway'
import { loadJSONSchemaSubgraph } from '@omnigraph/json-schema'

import { PORT, UPSTREAM } from '../shared/arguments.mjs'

const LARGEST_PAGE = 200

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const object = (title, properties) => ({ title, type: 'object', properties })
const page = (title, items) =>
  object(title, { cursor: text, page_size: { type: 'integer' }, items: { type: 'array', items } })
const status = { type: 'string', title: 'Status', enum: ['ACTIVE', 'PENDING', 'INACTIVE'] }
const grades = ['A', 'B', 'C', 'D', 'F', 'PASS', 'FAIL']

const common = { id: text, remote_id: text, modified_at: text }
const COURSE = object('Course', {
  ...common,
  name: text,
  description: text,
  cover_image: text,
  url: text,
  duration: text,
  status,
  categories: texts,
  skills: texts,
  instructors: texts,
})
const COMPLETION = object('Completion', {
  ...common,
  score: { type: 'number' },
  grade: { type: 'string', title: 'Grade', enum: grades },
  completed_at: text,
  user: text,
  course: text,
})
const USER = object('User', {
  ...common,
  first_name: text,
  middle_name: text,
  last_name: text,
  email_address: text,
  phone_number: text,
})
const CATEGORY = object('Category', { ...common, name: text, description: text })
const SKILL = object('Skill', { ...common, name: text })

// By type of the REST API, what its fields are called in the graph.
const NAMES = {
  Course: {
    id: 'key',
    name: 'title',
    cover_image: 'coverUrl',
    remote_id: 'remoteId',
    modified_at: 'updatedAt',
    categories: 'categoryRefs',
    skills: 'skillRefs',
    instructors: 'instructorRefs',
  },
  Completion: { id: 'key', completed_at: 'completedAt', user: 'userRef', course: 'courseRef' },
  User: { id: 'key', email_address: 'email', phone_number: 'phone' },
  Category: { id: 'key' },
  Skill: { id: 'key' },
  CourseConnection: { items: 'nodes' },
  CompletionConnection: { items: 'nodes' },
}

const list = (field, model, title, row, args) => ({
  type: 'Query',
  field,
  method: 'GET',
  path: `/${model}`,
  responseSchema: page(title, row),
  argTypeMap: Object.fromEntries(
    Object.values(args).map((name) => [name, { type: name === 'first' ? 'integer' : 'string' }]),
  ),
  queryParamArgMap: args,
})
const SIZE = { page_size: 'first' }
const BY_IDS = { ids: 'ids', ...SIZE }

const source = loadJSONSchemaSubgraph('Bindbee', {
  endpoint: `${UPSTREAM}/api/lms/v1`,
  operationHeaders: { authorization: 'Bearer bench-key', 'x-connector-token': 'bench-connector' },
  operations: [
    list('courses', 'courses', 'CourseConnection', COURSE, SIZE),
    list('coursesByIds', 'courses', 'CoursePage', COURSE, BY_IDS),
    list('completions', 'completions', 'CompletionConnection', COMPLETION, SIZE),
    list('completionsBy', 'completions', 'CompletionPage', COMPLETION, {
      course: 'course',
      user: 'user',
      ...SIZE,
    }),
    list('categoriesByIds', 'categories', 'CategoryPage', CATEGORY, BY_IDS),
    list('skillsByIds', 'skills', 'SkillPage', SKILL, BY_IDS),
    list('usersByIds', 'users', 'UserPage', USER, BY_IDS),
  ],
})

const rename = createRenameTransform({
  fieldRenamer: ({ typeName, fieldName }) => NAMES[typeName]?.[fieldName] ?? fieldName,
})

const quiet = createLoggerFromLogging(false)
const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: [{ sourceHandler: source, transforms: [rename] }],
    additionalTypeDefs: /* GraphQL */ `
      extend type Course {
        statusText: String
        categories: [Category!]
        skills: [Skill!]
        instructors: [User!]
        completions(first: Int! = 20): CompletionConnection
      }
      extend type Completion {
        user: User
        course: Course
      }
      extend type User {
        name: String
        completions(first: Int! = 20): CompletionConnection
      }
    `,
  },
  quiet,
)

// Rows by their ids, all that a level asks for in one call.
const byIds = (field, ref) => ({
  selectionSet: `{ ${ref} }`,
  resolve: (root, _, context, info) =>
    context.Bindbee.Query[field]({
      root,
      key: root[ref],
      argsFromKeys: (keys) => ({ ids: keys.join(','), first: LARGEST_PAGE }),
      valuesFromResults: (page, keys) => {
        const byId = new Map(page.items.map((row) => [row.key, row]))
        return keys.map((key) => byId.get(key))
      },
      selectionSet: (inner) => items(inner, 'key'),
      dataLoaderOptions: { maxBatchSize: LARGEST_PAGE },
      context,
      info,
    }),
})

// The first completions of each parent, as many parents a call as fit on one page.
const headsBy = (parameter, ref) => ({
  selectionSet: '{ key }',
  resolve: (root, { first }, context, info) =>
    context.Bindbee.Query.completionsBy({
      root,
      key: root.key,
      argsFromKeys: (keys) => ({ [parameter]: keys.join(','), first: LARGEST_PAGE }),
      valuesFromResults: (page, keys) => {
        const heads = new Map(keys.map((key) => [key, []]))
        for (const row of page.items) {
          const head = heads.get(row[ref])
          if (head.length < first) head.push(row)
        }
        return keys.map((key) => ({ nodes: heads.get(key) }))
      },
      selectionSet: (inner) => items(nodesOf(inner), ref),
      dataLoaderOptions: { maxBatchSize: Math.max(1, Math.floor(LARGEST_PAGE / first)) },
      context,
      info,
    }),
})

const field = (name, selectionSet) => ({
  kind: 'Field',
  name: { kind: 'Name', value: name },
  selectionSet,
})
// What the relations and computed fields of a row are made of has to be asked for beside them.
const SOURCES = {
  statusText: ['status'],
  categories: ['categoryRefs'],
  skills: ['skillRefs'],
  instructors: ['instructorRefs'],
  completions: ['key'],
  user: ['userRef'],
  course: ['courseRef'],
  name: ['first_name', 'middle_name', 'last_name'],
}

const items = (inner, needed) => {
  const sources = inner.selections.flatMap((each) => SOURCES[each.name?.value] ?? [])
  const fields = [needed, ...sources].map((name) => field(name))
  const rows = { kind: 'SelectionSet', selections: [...fields, ...inner.selections] }
  return { kind: 'SelectionSet', selections: [field('items', rows)] }
}
const nodesOf = (selectionSet) =>
  selectionSet.selections.find((each) => each.name?.value === 'nodes').selectionSet

const gateway = createGatewayRuntime({
  supergraph,
  additionalResolvers: {
    Course: {
      statusText: { selectionSet: '{ status }', resolve: ({ status }) => status },
      categories: byIds('categoriesByIds', 'categoryRefs'),
      skills: byIds('skillsByIds', 'skillRefs'),
      instructors: byIds('usersByIds', 'instructorRefs'),
      completions: headsBy('course', 'courseRef'),
    },
    Completion: {
      user: byIds('usersByIds', 'userRef'),
      course: byIds('coursesByIds', 'courseRef'),
    },
    User: {
      name: {
        selectionSet: '{ first_name middle_name last_name }',
        resolve: ({ first_name, middle_name, last_name }) =>
          [first_name, middle_name, last_name].filter(Boolean).join(' '),
      },
      completions: headsBy('user', 'userRef'),
    },
  },
  logging: false,
  plugins: () => [useGraphQlJit()],
  landingPage: false,
  graphiql: false,
  healthCheckEndpoint: false,
  readinessCheckEndpoint: false,
})

createServer(gateway).listen(PORT, '127.0.0.1')
