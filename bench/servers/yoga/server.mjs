// GraphQL Yoga on node:http, with and without graphql-jit.
// https://the-guild.dev/graphql/yoga-server/docs/features/jit

import { createServer } from 'node:http'

import { buildSubgraphSchema } from '@apollo/subgraph'
import { useGraphQlJit } from '@envelop/graphql-jit'
import { parse } from 'graphql'
import { createYoga } from 'graphql-yoga'

import { on, PORT, SDL, UPSTREAM } from '../shared/arguments.mjs'
import { openBindbee } from '../shared/bindbee.mjs'
import { makeResolvers } from '../shared/resolvers.mjs'

const bindbee = openBindbee(UPSTREAM)
const schema = buildSubgraphSchema([
  { typeDefs: parse(SDL), resolvers: makeResolvers(bindbee) },
])
const yoga = createYoga({
  schema,
  plugins: on('jit') ? [useGraphQlJit()] : [],
  context: () => ({ load: bindbee.loaders() }),
  graphiql: false,
  landingPage: false,
  logging: false,
})

createServer(yoga).listen(PORT, '127.0.0.1')
