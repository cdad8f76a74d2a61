// Decodes a federation trace: node decode.mjs TRACE, which is in base64. Prints it as JSON.
// https://www.apollographql.com/docs/graphos/routing/observability/subgraph-telemetry

import { Trace } from '@apollo/usage-reporting-protobuf'

const trace = Trace.decode(Buffer.from(process.argv[2], 'base64'))
const wrong = Trace.verify(trace)
if (wrong) throw new Error(wrong)
console.log(JSON.stringify(Trace.toObject(trace, { longs: Number })))
