// Mercurius on Fastify, with and without graphql-jit, and with what Bindbee expands by itself.
// https://mercurius.dev/#/docs/api/options

import { mercuriusFederationPlugin } from '@mercuriusjs/federation'
import Fastify from 'fastify'

import { on, PORT, SDL, UPSTREAM } from '../shared/arguments.mjs'
import { openBindbee } from '../shared/bindbee.mjs'
import { expandsIn } from '../shared/expansion.mjs'
import { makeResolvers } from '../shared/resolvers.mjs'

const bindbee = openBindbee(UPSTREAM)
const app = Fastify({ logger: false })

app.register(mercuriusFederationPlugin, {
  schema: SDL,
  resolvers: makeResolvers(bindbee),
  context: on('expand')
    ? () => ({ load: bindbee.loaders({ completion: ['user'] }), expands: expandsIn })
    : () => ({ load: bindbee.loaders() }),
  jit: on('jit') ? 1 : 0,
})

await app.listen({ port: PORT, host: '127.0.0.1' })
