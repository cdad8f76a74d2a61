// Composes subgraphs: node compose.mjs apollo|guild FILE, which holds [{name, url, sdl}].
// The supergraph's SDL goes to standard output; where there is none, why goes to standard error.

import { readFileSync } from 'node:fs'

import { composeServices as apollo } from '@apollo/composition'
import { composeServices as guild } from '@theguild/federation-composition'
import { parse } from 'graphql'

const compose = { apollo, guild }[process.argv[2]]
const subgraphs = JSON.parse(readFileSync(process.argv[3], 'utf8'))
const { supergraphSdl, errors } = compose(
  subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
)

if (errors?.length) {
  for (const each of errors) console.error(`${each.extensions?.code}: ${each.message}`)
  process.exitCode = 1
} else {
  process.stdout.write(supergraphSdl)
}
