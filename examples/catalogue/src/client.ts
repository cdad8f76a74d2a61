import { createClient as createSocket } from "graphql-ws";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "urql";

import { trustedDocuments } from "./trusted";

const socket = createSocket({
  url: `${location.origin.replace(/^http/, "ws")}/graphql`,
  lazyCloseTimeout: 5_000, // the next import of a series finds the socket open
});

/** The page's connection to the graph: over HTTP, and over a WebSocket for what changes. */
export const client = new Client({
  url: "/graphql",
  // Variables may name people, who belong in no address and no log of addresses.
  preferGetMethod: false,
  // What was seen before is shown at once, and read again behind it.
  requestPolicy: "cache-and-network",
  exchanges: [
    cacheExchange,
    ...(import.meta.env.VITE_TRUSTED_DOCUMENTS ? [trustedDocuments] : []),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: (body) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ ...body, query: body.query ?? "" }, sink),
        }),
      }),
    }),
  ],
});
