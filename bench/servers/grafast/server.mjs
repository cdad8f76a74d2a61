// Grafast with Grafserv on node:http: a plan for each relation, each loading a whole level at once.
// https://grafast.org/grafast/getting-started

import { createServer } from 'node:http'

import { each, get, lambda, loadMany, loadOne, makeGrafastSchema } from 'grafast'
import { grafserv } from 'grafserv/node'

import { PORT, SDL, UPSTREAM } from '../shared/arguments.mjs'
import { globalId, openBindbee } from '../shared/bindbee.mjs'

const bindbee = openBindbee(UPSTREAM)

// A loader of one call: Grafast calls these once for a whole level, with every key once.
const byKey = (name) => ({
  name,
  load: (keys) => bindbee.loaders()[name].loadMany(keys),
})
const categories = byKey('categories')
const courses = byKey('courses')
const skills = byKey('skills')
const users = byKey('users')

const headsBy = (relation) => (keys, { shared: first }) => {
  const load = bindbee.loaders()
  return Promise.all(
    keys.map(async (key) => (await load.completionsOf(relation, first, key)).nodes),
  )
}
const ofCourses = headsBy('course')
const ofUsers = headsBy('user')

const listed = (list) => (sizes) =>
  Promise.all(sizes.map(async (first) => (await list(first)).nodes))
const allCourses = listed(bindbee.courses)
const allCompletions = listed(bindbee.completions)

const id = (type) => ($record) => lambda(get($record, 'key'), (key) => globalId(type, key), true)
const connection = { plans: { nodes: ($rows) => $rows } }

const schema = makeGrafastSchema({
  // Grafast has no federation: the directives are for the others.
  typeDefs: SDL.replace(/^extend schema.*$/m, '').replaceAll(/ @key\([^)]*\)/g, ''),
  objects: {
    Query: {
      plans: {
        courses: (_, { $first }) => loadMany($first, allCourses),
        completions: (_, { $first }) => loadMany($first, allCompletions),
      },
    },
    CourseConnection: connection,
    CompletionConnection: connection,
    Course: {
      plans: {
        id: id('Course'),
        categories: ($course) => each($course.get('categoryRefs'), ($key) => loadOne($key, categories)),
        skills: ($course) => each($course.get('skillRefs'), ($key) => loadOne($key, skills)),
        instructors: ($course) => each($course.get('instructorRefs'), ($key) => loadOne($key, users)),
        completions: ($course, { $first }) =>
          loadMany($course.get('key'), { load: ofCourses, shared: $first }),
      },
    },
    Category: { plans: { id: id('Category') } },
    Skill: { plans: { id: id('Skill') } },
    Instructor: { plans: { id: id('Instructor') } },
    Completion: {
      plans: {
        id: id('Completion'),
        course: ($completion) => loadOne($completion.get('courseRef'), courses),
        user: ($completion) => loadOne($completion.get('userRef'), users),
      },
    },
    User: {
      plans: {
        id: id('User'),
        completions: ($user, { $first }) =>
          loadMany($user.get('key'), { load: ofUsers, shared: $first }),
      },
    },
  },
})

const server = createServer()
const preset = { grafserv: { graphqlPath: '/graphql', graphiql: false }, grafast: {} }
await grafserv({ schema, preset }).addTo(server)
server.listen(PORT, '127.0.0.1')
