import { createClient as createSocket } from "graphql-ws";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "urql";

import { trustedDocuments } from "./trusted";

const LONGEST_WAIT = 10_000;

const socket = createSocket({
  url: `${location.origin.replace(/^http/, "ws")}/graphql`,
  lazyCloseTimeout: 5_000, // the next import of a series finds the socket open
  // Whoever looks at an import wants to know its end: a phone may be in a tunnel until then.
  retryAttempts: Infinity,
  retryWait: async (retries) => {
    const wait = Math.min(500 * 2 ** retries, LONGEST_WAIT);
    // Not all of a server's clients come back at once.
    await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)));
  },
  on: {
    connected: () => tell(false),
    closed: (event) => tell((event as CloseEvent).code !== NORMAL_CLOSURE),
  },
});

const NORMAL_CLOSURE = 1000;

let isLost = false;
const listeners = new Set<() => void>();

function tell(lost: boolean) {
  isLost = lost;
  for (const listener of listeners) listener();
}

/** Whether the connection for what changes broke off, and is being made anew. */
export const connection = {
  isLost: () => isLost,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

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
