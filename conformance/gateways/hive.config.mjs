// Hive Gateway, with its own planner or, where PLANNER is `rust`, with Hive Router's.
// https://the-guild.dev/graphql/hive/docs/gateway

import { defineConfig } from '@graphql-hive/gateway'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'

const PASSED_ON = ['x-request-id', 'x-explain']
const SOCKET = { subscriptions: { kind: 'ws', location: '/graphql' } }

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
  // Subscriptions are followed by server-sent events, unless a subgraph has a socket.
  ...(process.env.CARRIER === 'socket' ? { transportEntries: { courses: { options: SOCKET } } } : {}),
})
