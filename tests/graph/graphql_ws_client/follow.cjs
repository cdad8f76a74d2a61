// Asks the graph at URL by the protocol's own client: node follow.cjs, with QUERIES as JSON, an
// object of operations by name. Prints what each was told, and how it ended.

const { createClient } = require('graphql-ws')

const client = createClient({ url: process.env.URL, retryAttempts: 0, lazyCloseTimeout: 1000 })

const told = (payload) =>
  new Promise((resolve) => {
    const nexts = []
    client.subscribe(payload, {
      next: (each) => nexts.push(each),
      error: (error) => resolve({ nexts, error }),
      complete: () => resolve({ nexts, error: null }),
    })
  })

const first = async (payload) => {
  for await (const each of client.iterate(payload)) return each // and so it unsubscribes
}

const main = async () => {
  const operations = JSON.parse(process.env.QUERIES)
  const entries = Object.entries(operations).map(async ([name, payload]) => [name, await told(payload)])
  const answers = Object.fromEntries(await Promise.all(entries))
  answers.first = await first(operations.follow)
  console.log(JSON.stringify(answers))
  await client.dispose()
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
