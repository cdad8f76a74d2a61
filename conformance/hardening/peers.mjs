// Serves Apollo Server (PEER=apollo) or Yoga (PEER=yoga) as they come, or by GraphQL Armor as that
// comes (ARMOR=1), over part.graphql; prints the URL. BROKEN is a source's name, and SECRET what
// its failure says.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { ARMOR, BROKEN, PEER, SECRET } = process.env

const typeDefs = readFileSync(new URL('part.graphql', import.meta.url), 'utf8')

const LARGEST = 1000
const HELD = Array.from({ length: LARGEST }, (_, at) => ({
  id: `course-${at}`,
  title: `Course ${at}`,
  status: 'ACTIVE',
}))

const resolvers = {
  Query: {
    courses: (_, { first, sources }) => {
      if (sources?.includes(BROKEN)) throw new Error(SECRET)
      return { nodes: HELD.slice(0, first) }
    },
    course: (_, { id }) => HELD.find((each) => each.id === id) ?? null,
    nodes: (_, { ids }) => ids.map((id) => HELD.find((each) => each.id === id) ?? null),
    learner: () => null,
  },
  Mutation: {
    courseDelete: (_, { input }) => ({ deletedId: input.id }),
  },
  Course: {
    completions: (course, { first }) => ({
      nodes: HELD.slice(0, first).map((_, at) => ({ id: `${course.id}-${at}`, course })),
    }),
  },
}

const servers = {
  apollo: async () => {
    const { ApolloServer } = await import('@apollo/server')
    const { startStandaloneServer } = await import('@apollo/server/standalone')
    const server = new ApolloServer({ typeDefs, resolvers, ...(await armor('ApolloArmor')) })
    return (await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } })).url
  },
  yoga: async () => {
    const { createSchema, createYoga } = await import('graphql-yoga')
    const schema = createSchema({ typeDefs, resolvers })
    const server = createServer(createYoga({ schema, ...(await armor('EnvelopArmor')) }))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${server.address().port}/graphql`
  },
}

async function armor(name) {
  return ARMOR ? new (await import('@escape.tech/graphql-armor'))[name]().protect() : {}
}

console.log(`listening at ${await servers[PEER]()}`)
