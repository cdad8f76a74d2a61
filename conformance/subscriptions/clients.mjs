// Asks the graph at URL by the protocols' own clients, and prints as JSON what each was told.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental'
import { Client, fetchExchange } from '@urql/core'
import { createClient } from 'graphql-sse'

const url = process.env.URL
const { follow, whole, deferred, streamed } = JSON.parse(process.env.DOCUMENTS)
const { id } = JSON.parse(process.env.VARIABLES)

const collected = (subscribe) =>
  new Promise((resolve) => {
    const told = []
    subscribe({
      next: (each) => told.push(each),
      error: (error) => resolve({ told, error: error.message ?? JSON.stringify(error) }),
      complete: () => resolve({ told }),
    })
  })

// graphql-sse, with its distinct connections.
const events = async (document, variables) => {
  const client = createClient({ url, retryAttempts: 0 })
  const found = await collected((sink) => client.subscribe({ query: document, variables }, sink))
  client.dispose()
  return found
}

// It ends what it follows after the first answer, which the server has to notice.
const first = async () => {
  const client = createClient({ url, retryAttempts: 0 })
  for await (const each of client.iterate({ query: follow, variables: { id } })) {
    client.dispose()
    return { told: [each] }
  }
}

const apollo = (incrementalHandler) =>
  new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache(), incrementalHandler })

const followed = (variables) => {
  const client = apollo()
  return collected((sink) => client.subscribe({ query: gql(follow), variables }).subscribe(sink))
}

// What a view of a deferred query shows, one after the other.
const shown = (incrementalHandler, document) => {
  const query = apollo(incrementalHandler).watchQuery({ query: gql(document) })
  const told = []
  return new Promise((resolve) => {
    query.subscribe((result) => {
      if (result.error) resolve({ told, error: result.error.message })
      if (result.data) told.push({ state: result.dataState, data: result.data })
      if (!result.loading && result.dataState === 'complete') resolve({ told })
    })
  })
}

const urql = (options) => new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, ...options })

const byUrql = (operation) =>
  new Promise((resolve) => {
    const told = []
    operation.subscribe((result) => {
      if (result.error) return resolve({ told, error: result.error.message })
      told.push({ data: structuredClone(result.data), hasNext: result.hasNext })
      if (!result.hasNext) resolve({ told })
    })
  })

const cases = {
  sse: () => events(follow, { id }),
  sse_refused: () => events('{ nope }'),
  sse_query: () => events(whole),
  apollo_subscription: () => followed({ id }),
  apollo_unknown: () => followed({ id: '?' }),
  apollo_defer: () => shown(new GraphQL17Alpha9Handler(), deferred),
  apollo_stream: () => shown(new GraphQL17Alpha9Handler(), streamed),
  apollo_defer_2022: () => shown(new Defer20220824Handler(), deferred),
  urql_subscription: () => byUrql(urql({ fetchSubscriptions: true }).subscription(follow, { id })),
  urql_query: () => byUrql(urql().query(whole, {})),
  urql_defer: () => byUrql(urql().query(deferred, {})),
  urql_stream: () => byUrql(urql().query(streamed, {})),
  sse_first: first,
}

const late = () =>
  new Promise((resolve) => setTimeout(() => resolve({ told: [], error: 'nothing more came' }), 10_000))

const answers = {}
for (const name of Object.keys(cases)) answers[name] = await Promise.race([cases[name](), late()])
console.log(JSON.stringify(answers))
process.exit(0)
