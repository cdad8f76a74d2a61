// Apollo Gateway over a supergraph: node apollo.mjs, with SUPERGRAPH (a file of SDL) and PORT.
// https://www.apollographql.com/docs/apollo-server/using-federation/apollo-gateway-setup

import { readFileSync } from 'node:fs'

import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

const PASSED_ON = ['x-request-id', 'x-explain']

class Subgraph extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    for (const name of PASSED_ON) {
      if (context.headers?.[name]) request.http.headers.set(name, context.headers[name])
    }
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(process.env.SUPERGRAPH, 'utf8'),
  buildService: ({ url }) => new Subgraph({ url }),
})
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
  listen: { port: Number(process.env.PORT), host: '127.0.0.1' },
  context: async ({ req }) => ({ headers: req.headers }),
})
console.log(`listening at ${url}`)
