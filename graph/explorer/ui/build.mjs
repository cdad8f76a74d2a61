// Bundles the explorer into a folder: node build.mjs OUT. Beside the hashed files it writes
// manifest.json (which of them the page loads) and the licences of what was bundled.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const out = process.argv[2]

const bundle = async (options) => {
  const { metafile } = await build({
    bundle: true,
    minify: true,
    metafile: true,
    outdir: out,
    entryNames: '[name]-[hash]',
    target: 'es2022',
    jsx: 'automatic',
    // GraphiQL asks for these by names that lead to CommonJS, which has no named exports when it is
    // split off: prettifying would fail.
    alias: {
      'prettier/parser-graphql': 'prettier/plugins/graphql',
      'prettier/parser-babel': 'prettier/plugins/babel',
    },
    loader: { '.svg': 'copy', '.ttf': 'file' },
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
    define: { 'process.env.NODE_ENV': '"production"', ...options.define },
  })
  return metafile
}

const named = (metafile, name, extension) =>
  Object.keys(metafile.outputs)
    .map((path) => basename(path))
    .find((path) => path.startsWith(`${name}-`) && path.endsWith(extension))

const licences = (...metafiles) => {
  const packages = metafiles
    .flatMap(({ inputs }) => Object.keys(inputs))
    .map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter((folder) => folder && existsSync(join(folder, 'package.json')))
  return [...new Set(packages)].sort().map(licence).join(`\n\n${'-'.repeat(72)}\n\n`)
}

const licence = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json')))
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file))
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}

const workers = await bundle({
  entryPoints: {
    editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
    json: 'monaco-editor/esm/vs/language/json/json.worker.js',
    graphql: 'monaco-graphql/esm/graphql.worker.js',
  },
  format: 'iife',
})
const names = ['editor', 'json', 'graphql'].map((name) => [name, named(workers, name, '.js')])

const page = await bundle({
  entryPoints: { main: 'main.jsx', icon: 'icon.svg' },
  format: 'esm',
  splitting: true,
  define: { WORKERS: JSON.stringify(Object.fromEntries(names)) },
})

const manifest = {
  script: named(page, 'main', '.js'),
  style: named(page, 'main', '.css'),
  icon: named(page, 'icon', '.svg'),
}
writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest, null, 2))
writeFileSync(join(out, 'licences.txt'), licences(workers, page))

for (const file of readdirSync(out).filter((name) => /\.(js|css|svg|ttf|txt)$/.test(name))) {
  writeFileSync(join(out, `${file}.gz`), gzipSync(readFileSync(join(out, file)), { level: 9 }))
}
