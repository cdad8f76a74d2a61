// Apollo Server as its guides teach it: a subgraph on the built-in server, a data loader a request.
// https://www.apollographql.com/docs/apollo-server/

import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'

import { PORT, SDL, UPSTREAM } from '../shared/arguments.mjs'
import { openBindbee } from '../shared/bindbee.mjs'
import { makeResolvers } from '../shared/resolvers.mjs'

const bindbee = openBindbee(UPSTREAM)
const schema = buildSubgraphSchema([
  { typeDefs: parse(SDL), resolvers: makeResolvers(bindbee) },
])
const plugins = [ApolloServerPluginInlineTraceDisabled()]
const server = new ApolloServer({ schema, plugins, introspection: false })

await startStandaloneServer(server, {
  listen: { port: PORT, host: '127.0.0.1' },
  context: async () => ({ load: bindbee.loaders() }),
})
