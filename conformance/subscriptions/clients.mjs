// Asks the server at URL by the protocols' own clients, all at once, and prints as JSON what each
// was told, and what it ended with if that was an error.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { loadErrorMessages } from '@apollo/client/dev'
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental'
import { Client, fetchExchange } from '@urql/core'
import { createClient as createEvents } from 'graphql-sse'
import { createClient as createSocket } from 'graphql-ws'

const { URL: url, JOBS: jobs } = process.env
const { follow, whole, deferred, streamed } = JSON.parse(process.env.DOCUMENTS)
const ids = JSON.parse(process.env.IDS)
const PATIENCE = 8_000

loadErrorMessages()

const collected = (told, subscribe) =>
  new Promise((resolve, reject) => {
    subscribe({ next: (each) => told.push(each), error: reject, complete: resolve })
  })

// Whether leaving has ended the calls upstream, which who plays the source can say.
const ended = async (id) => (await fetch(`${jobs}/${id}`)).json()

// graphql-sse, with its distinct connections.
const events = async (told, query, variables) => {
  const client = createEvents({ url, retryAttempts: 0 })
  await collected(told, (sink) => client.subscribe({ query, variables }, sink))
  client.dispose()
}

const eventsFirst = async (told, id) => {
  const client = createEvents({ url, retryAttempts: 0 })
  for await (const each of client.iterate({ query: follow, variables: { id } })) {
    told.push(each)
    client.dispose()
    break
  }
  told.push({ ended: await ended(id) })
}

// graphql-ws; a socket that isn't lazy stays open whatever is asked over it.
const socket = (options) => createSocket({ url: url.replace('http', 'ws'), retryAttempts: 0, ...options })

const overSocket = async (told, query, variables) => {
  const client = socket()
  await collected(told, (sink) => client.subscribe({ query, variables }, sink))
  await client.dispose()
}

const socketFirst = async (told, id) => {
  const client = socket({ lazy: false })
  await new Promise((resolve, error) => {
    const payload = { query: follow, variables: { id } }
    const leave = client.subscribe(payload, {
      next: (each) => {
        told.push(each)
        leave()
      },
      error,
      complete: resolve,
    })
  })
  told.push({ ended: await ended(id) })
  await client.dispose()
}

const socketMany = async (told, all) => {
  let opened = 0
  const client = socket({ on: { opened: () => (opened += 1) } })
  const one = async (payload) => {
    const answers = []
    await collected(answers, (sink) => client.subscribe(payload, sink))
    return { answers }
  }
  told.push(
    ...(await Promise.all([
      ...all.map((id) => one({ query: follow, variables: { id } })),
      one({ query: whole }),
    ])),
  )
  told.push({ opened })
  await client.dispose()
}

const apollo = (incrementalHandler) =>
  new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache(), incrementalHandler })

const followed = (told, id) => {
  const client = apollo()
  const query = gql(follow)
  const next = ({ data, error }) => told.push({ data, errors: error?.errors, error: error?.message })
  return collected([], ({ error, complete }) =>
    client.subscribe({ query, variables: { id } }).subscribe({ next, error, complete }),
  )
}

// What a view of a deferred query shows, one after the other.
const shown = (told, incrementalHandler, document) => {
  const query = apollo(incrementalHandler).watchQuery({ query: gql(document) })
  return new Promise((resolve, reject) => {
    query.subscribe((result) => {
      if (result.error) reject(result.error)
      if (result.data) told.push({ data: result.data })
      if (!result.loading && result.dataState === 'complete') resolve()
    })
  })
}

const urql = (options) => new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, ...options })

const byUrql = (told, operation) =>
  new Promise((resolve, reject) => {
    operation.subscribe((result) => {
      if (result.error) return reject(result.error)
      told.push({ data: structuredClone(result.data) })
      if (!result.hasNext) resolve()
    })
  })

const cases = {
  sse: (told, [id]) => events(told, follow, { id }),
  sse_query: (told) => events(told, whole),
  sse_refused: (told) => events(told, '{ nope }'),
  sse_unknown: (told) => events(told, follow, { id: '?' }),
  sse_first: (told, [id]) => eventsFirst(told, id),
  socket: (told, [id]) => overSocket(told, follow, { id }),
  socket_query: (told) => overSocket(told, whole),
  socket_refused: (told) => overSocket(told, '{ nope }'),
  socket_unknown: (told) => overSocket(told, follow, { id: '?' }),
  socket_first: (told, [id]) => socketFirst(told, id),
  socket_many: socketMany,
  apollo_subscription: (told, [id]) => followed(told, id),
  apollo_unknown: (told) => followed(told, '?'),
  apollo_defer: (told) => shown(told, new GraphQL17Alpha9Handler(), deferred),
  apollo_defer_2022: (told) => shown(told, new Defer20220824Handler(), deferred),
  apollo_stream: (told) => shown(told, new GraphQL17Alpha9Handler(), streamed),
  urql_query: (told) => byUrql(told, urql().query(whole, {})),
  urql_subscription: (told, [id]) =>
    byUrql(told, urql({ fetchSubscriptions: true }).subscription(follow, { id })),
  urql_defer: (told) => byUrql(told, urql().query(deferred, {})),
  urql_stream: (told) => byUrql(told, urql().query(streamed, {})),
}

async function outcome([name, ask]) {
  const told = []
  const late = new Promise((_, fail) => setTimeout(fail, PATIENCE, new Error('nothing more comes')))
  try {
    await Promise.race([ask(told, ids[name]), late])
    return [name, { told }]
  } catch (error) {
    const errors = Array.isArray(error) ? error : (error.errors ?? error.graphQLErrors ?? [])
    return [name, { told, errors, error: error.message ?? error.reason ?? errors[0]?.message }]
  }
}

console.log(JSON.stringify(Object.fromEntries(await Promise.all(Object.entries(cases).map(outcome)))))
process.exit(0)
