// Serves Apollo Server (PEER=apollo) or Yoga (PEER=yoga) as they come, and prints the URL.
import { createServer } from 'node:http'

const typeDefs = 'type Query { hello: String }'
const resolvers = { Query: { hello: () => 'world' } }

const servers = {
  apollo: async () => {
    const { ApolloServer } = await import('@apollo/server')
    const { startStandaloneServer } = await import('@apollo/server/standalone')
    const server = new ApolloServer({ typeDefs, resolvers })
    return (await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } })).url
  },
  yoga: async () => {
    const { createSchema, createYoga } = await import('graphql-yoga')
    const server = createServer(createYoga({ schema: createSchema({ typeDefs, resolvers }) }))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${server.address().port}/graphql`
  },
}

console.log(`listening at ${await servers[process.env.PEER]()}`)
