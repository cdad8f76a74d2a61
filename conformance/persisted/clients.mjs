// Asks by hash with the clients' own links, and prints what went over the wire, as JSON.
import { createHash } from "node:crypto";
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

const url = process.env.URL;
// Each method has a text of its own, so that each is asked for the first time once.
const DOCUMENTS = {
  POST: gql`query ByPost { courses(first: 2) { nodes { title } } }`,
  GET: gql`query ByGet { courses(first: 2) { nodes { title } } }`,
};
const own = (get) => DOCUMENTS[get ? "GET" : "POST"];

const PATIENCE = 10_000;

function recording() {
  const sent = [];
  const send = async (target, options = {}) => {
    const parameters = new URL(target).searchParams;
    const body = options.body ? JSON.parse(options.body) : Object.fromEntries(parameters);
    const entry = { method: options.method ?? "GET", text: body.query ?? null };
    sent.push(entry);
    const response = await fetch(target, { ...options, signal: AbortSignal.timeout(PATIENCE) });
    const answer = await response.clone().json().catch(() => ({}));
    Object.assign(entry, {
      status: response.status,
      answered: Boolean(answer.data),
      code: answer.errors?.[0]?.extensions?.code ?? null,
      message: answer.errors?.[0]?.message ?? null,
      kept: response.headers.get("cache-control"),
    });
    return response;
  };
  return { sent, send };
}

const CLIENTS = {
  async "Apollo Client"(get) {
    const { sent, send } = recording();
    const link = new PersistedQueryLink({
      sha256: (text) => createHash("sha256").update(text).digest("hex"),
      useGETForHashedQueries: get,
    }).concat(new HttpLink({ uri: url, fetch: send }));
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const { data, error } = await client.query({ query: own(get), errorPolicy: "all" });
    client.stop();
    return { sent, titles: data?.courses?.nodes.length ?? 0, error: error?.message ?? null };
  },
  async urql(get) {
    const { sent, send } = recording();
    const client = new Client({
      url,
      fetch: send,
      preferGetMethod: false,
      exchanges: [persistedExchange({ preferGetForPersistedQueries: get }), fetchExchange],
    });
    const { data, error } = await client.query(own(get), {}).toPromise();
    return { sent, titles: data?.courses?.nodes.length ?? 0, error: error?.message ?? null };
  },
};

const found = [];
for (const [name, ask] of Object.entries(CLIENTS))
  for (const get of [false, true])
    for (const time of ["first", "again"])
      found.push({ name, get, time, ...(await ask(get)) });
console.log(JSON.stringify(found));
