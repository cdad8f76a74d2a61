// Serves Apollo Server (PEER=apollo) or Yoga (PEER=yoga), as their documentation sets them up, and
// prints the URL. The schema and the data are those of the graph at GRAPH.
import { createServer } from 'node:http'
import { buildHTTPExecutor } from '@graphql-tools/executor-http'
import { schemaFromExecutor, wrapSchema } from '@graphql-tools/wrap'
import { GraphQLSchema, visit } from 'graphql'
import { WebSocketServer } from 'ws'
import { useServer } from 'graphql-ws/use/ws'

const { PEER, GRAPH, DOCUMENTS, PATIENCE = '3' } = process.env
const options = { connectionInitWaitTimeout: Number(PATIENCE) * 1000 }

const isIncremental = (name) => ['defer', 'stream'].includes(name)

// Whether parts of an answer come later is the peer's matter: it gives the schema the directives,
// or doesn't, and the graph tells it everything at once.
const WHOLE = {
  transformSchema: (schema) => {
    const own = schema.toConfig()
    const directives = own.directives.filter(({ name }) => !isIncremental(name))
    return new GraphQLSchema({ ...own, directives })
  },
  transformRequest: (request) => ({
    ...request,
    document: visit(request.document, {
      Directive: ({ name }) => (isIncremental(name.value) ? null : undefined),
    }),
  }),
}

async function wrapped(endpoint) {
  const executor = buildHTTPExecutor({ endpoint })
  return wrapSchema({ schema: await schemaFromExecutor(executor), executor, transforms: [WHOLE] })
}

const schema = await wrapped(GRAPH)

const listening = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${server.address().port}/graphql`
}

const sockets = (server) => new WebSocketServer({ server, path: '/graphql' })

const servers = {
  // https://www.apollographql.com/docs/apollo-server/data/subscriptions
  apollo: async () => {
    const { ApolloServer } = await import('@apollo/server')
    const { expressMiddleware } = await import('@as-integrations/express5')
    const { default: express } = await import('express')
    const app = express()
    const server = createServer(app)
    useServer({ schema, ...options }, sockets(server))
    const apollo = new ApolloServer({ schema })
    await apollo.start()
    app.use('/graphql', express.json(), expressMiddleware(apollo))
    return listening(server)
  },
  // https://the-guild.dev/graphql/yoga-server/docs/features/subscriptions, …/defer-stream,
  // …/automatic-persisted-queries and …/persisted-operations
  yoga: async () => {
    const { createYoga } = await import('graphql-yoga')
    const { useDeferStream } = await import('@graphql-yoga/plugin-defer-stream')
    const { useAPQ } = await import('@graphql-yoga/plugin-apq')
    const { usePersistedOperations } = await import('@graphql-yoga/plugin-persisted-operations')
    const documents = DOCUMENTS && JSON.parse(DOCUMENTS)
    const persisted = documents
      ? usePersistedOperations({ getPersistedOperation: (hash) => documents[hash] ?? null })
      : useAPQ()
    const yoga = createYoga({ schema, plugins: [useDeferStream(), persisted], logging: false })
    const server = createServer(yoga)
    useServer(
      {
        ...options,
        execute: (args) => args.rootValue.execute(args),
        subscribe: (args) => args.rootValue.subscribe(args),
        onSubscribe: async (context, _, params) => {
          const { request: req, socket } = context.extra
          const own = yoga.getEnveloped({ ...context, req, socket, params })
          const args = {
            schema: own.schema,
            operationName: params.operationName,
            document: own.parse(params.query),
            variableValues: params.variables,
            contextValue: await own.contextFactory(),
            rootValue: { execute: own.execute, subscribe: own.subscribe },
          }
          const errors = own.validate(args.schema, args.document)
          return errors.length ? errors : args
        },
      },
      sockets(server),
    )
    return listening(server)
  },
}

console.log(`listening at ${await servers[PEER]()}`)
