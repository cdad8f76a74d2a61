// Follows QUERY at URL with each of TOKENS in turn: where a socket is closed, the next one has the
// next token. Prints what came, as JSON.

const { createClient } = require('graphql-ws')

const tokens = JSON.parse(process.env.TOKENS)
const closed = []
const client = createClient({
  url: process.env.URL,
  retryWait: async () => {},
  connectionParams: () => ({ authorization: `Bearer ${tokens.shift()}` }),
  on: { closed: (event) => closed.push([event.code, event.reason]) },
})

const nexts = []
const end = (error) => {
  console.log(JSON.stringify({ nexts, closed, error }))
  client.dispose()
}
client.subscribe(JSON.parse(process.env.QUERY), {
  next: (value) => nexts.push(value),
  error: (error) => end(error),
  complete: () => end(null),
})
