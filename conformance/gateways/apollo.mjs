// Apollo Gateway over a supergraph: node apollo.mjs, with SUPERGRAPH (a file of SDL), PORT, and
// GATEWAY_SECRET (the `gateway_secret` of the graph's settings).
// https://www.apollographql.com/docs/apollo-server/using-federation/apollo-gateway-setup

import { readFileSync } from 'node:fs'

import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace'
import { startStandaloneServer } from '@apollo/server/standalone'

const PASSED_ON = ['x-request-id']

class Subgraph extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    for (const name of PASSED_ON) {
      if (context.headers?.[name]) request.http.headers.set(name, context.headers[name])
    }
    // What shows the graph that this is a gateway is for the graph alone.
    if (this.name === 'courses') request.http.headers.set('router-authorization', process.env.GATEWAY_SECRET)
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(process.env.SUPERGRAPH, 'utf8'),
  buildService: ({ name, url }) => new Subgraph({ name, url }),
})
// It asks the subgraphs for traces where it is asked for one.
const server = new ApolloServer({ gateway, plugins: [ApolloServerPluginInlineTrace()] })
const { url } = await startStandaloneServer(server, {
  listen: { port: Number(process.env.PORT), host: '127.0.0.1' },
  context: async ({ req }) => ({ headers: req.headers }),
})
console.log(`listening at ${url}`)
