// Audits the server at URL by the GraphQL over HTTP working group's own list, and prints as JSON
// how each audit ended: [{ id, name, status, reason }].
import { auditServer } from 'graphql-http'

const results = await auditServer({ url: process.env.URL })
console.log(
  JSON.stringify(
    results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? '' })),
  ),
)
