// The resolvers that Apollo Server, Yoga and Mercurius share: relations, and global ids. Everything
// else is a property of the objects, which graphql-jit compiles to a plain read.

import {
  asCategory,
  asSkill,
  asUser,
  globalId,
  keyOf,
} from './bindbee.mjs'

// An expanded relation holds the object itself where otherwise its id stands.
const loaded = (loader, convert, ref) =>
  ref === null ? null : typeof ref === 'string' ? loader.load(ref) : convert(ref)

// A promise for a whole list costs less than one for each of its members.
const allLoaded = (loader, convert, refs) =>
  refs === null
    ? null
    : refs.length > 0 && typeof refs[0] !== 'string'
      ? refs.map(convert)
      : loader.loadMany(refs)

const id = (type) => ({ key }) => globalId(type, key)

export function makeResolvers(bindbee) {
  const reference = (type, load) => ({
    id: id(type),
    // Apollo passes the context second, Mercurius third.
    __resolveReference: ({ id }, second, third) =>
      load(third?.load ? third : second).load(keyOf(id)),
  })
  return {
    Query: {
      courses: (_, { first }, context, info) => bindbee.courses(first, context.expands?.(info)),
      completions: (_, { first }, context, info) =>
        bindbee.completions(first, context.expands?.(info)),
    },
    Course: {
      ...reference('Course', ({ load }) => load.courses),
      categories: ({ categoryRefs }, _, { load }) =>
        allLoaded(load.categories, asCategory, categoryRefs),
      skills: ({ skillRefs }, _, { load }) => allLoaded(load.skills, asSkill, skillRefs),
      instructors: ({ instructorRefs }, _, { load }) =>
        allLoaded(load.users, asUser, instructorRefs),
      completions: ({ key }, { first }, { load }) => load.completionsOf('course', first, key),
    },
    Category: reference('Category', ({ load }) => load.categories),
    Skill: reference('Skill', ({ load }) => load.skills),
    Instructor: reference('Instructor', ({ load }) => load.users),
    Completion: {
      id: id('Completion'),
      course: ({ courseRef }, _, { load }) => load.courses.load(courseRef),
      user: ({ userRef }, _, { load }) => loaded(load.users, asUser, userRef),
    },
    User: {
      ...reference('User', ({ load }) => load.users),
      completions: ({ key }, { first }, { load }) => load.completionsOf('user', first, key),
    },
  }
}
