// Hive Gateway, with its own planner or, where PLANNER is `rust`, with Hive Router's. GATEWAY_SECRET is
// the `gateway_secret` of the graph's settings.
// https://the-guild.dev/graphql/hive/docs/gateway

import { defineConfig } from '@graphql-hive/gateway'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'

const PASSED_ON = ['x-request-id']

// What shows the graph that this is a gateway, for the graph alone; in a WebSocket's handshake too.
const SECRET = [['router-authorization', process.env.GATEWAY_SECRET]]
const SOCKET = { subscriptions: { kind: 'ws', location: '/graphql', headers: SECRET } }

export const gatewayConfig = defineConfig({
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  fork: 1,
  supergraph: process.env.SUPERGRAPH,
  pollingInterval: 0,
  ...(process.env.PLANNER === 'rust' ? { unifiedGraphHandler } : {}),
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(PASSED_ON.map((name) => [name, request.headers.get(name)])),
  },
  transportEntries: {
    courses: {
      headers: SECRET,
      // Subscriptions are followed by server-sent events, unless they have a socket.
      options: process.env.CARRIER === 'socket' ? SOCKET : {},
    },
  },
})
