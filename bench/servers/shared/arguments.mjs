// What the harness tells a server: its port, where the upstream is, and what to turn on.

import { readFileSync } from 'node:fs'

const [port, upstream, ...options] = process.argv.slice(2)

export const PORT = Number(port)
export const UPSTREAM = upstream
export const on = (option) => options.includes(option)
export const SDL = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8')

process.on('SIGTERM', () => process.exit(0))
