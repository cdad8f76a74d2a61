// Hive Gateway, which verifies its clients' tokens, and lets them ask what their scopes do.
// https://the-guild.dev/graphql/hive/docs/gateway/authorization-authentication

import {
  createRemoteJwksSigningKeyProvider,
  defineConfig,
  extractFromHeader,
} from '@graphql-hive/gateway'

export const gatewayConfig = defineConfig({
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  fork: 1,
  supergraph: process.env.SUPERGRAPH,
  pollingInterval: 0,
  jwt: {
    signingKeyProviders: [createRemoteJwksSigningKeyProvider({ jwksUri: process.env.KEYS })],
    tokenLookupLocations: [extractFromHeader({ name: 'authorization', prefix: 'Bearer' })],
    tokenVerification: {
      algorithms: ['RS256'],
      issuer: process.env.ISSUER,
      audience: process.env.AUDIENCE,
    },
    // What takes no token may be asked without; one that isn't good is refused.
    reject: { missingToken: false, invalidToken: true },
  },
  genericAuth: {
    mode: 'protect-granular', // by @authenticated and @requiresScopes
    resolveUserFn: (context) => context.jwt?.payload,
  },
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({
      authorization: request.headers.get('authorization'),
    }),
  },
})
