// Compares two schemas: node compare.mjs OLD NEW, both files of SDL.
// What may break clients is printed, a line each.

import { readFileSync } from 'node:fs'

import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'

// The federation's directives are linked, not defined.
const read = (file) => buildSchema(readFileSync(file, 'utf8'), { assumeValidSDL: true })
const [before, after] = process.argv.slice(2).map(read)

for (const { criticality, message } of await diff(before, after)) {
  if (criticality.level === CriticalityLevel.Breaking) console.log(message)
}
