// Shows GraphiQL over the endpoint that the page names in its data attributes.

import { explorerPlugin } from '@graphiql/plugin-explorer'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import { createRoot } from 'react-dom/client'

import 'graphiql/style.css'
import '@graphiql/plugin-explorer/style.css'
import './style.css'
import { storage } from './storage.js'

// Each worker is a file of its own, beside this one; build.mjs puts their names in.
globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
}

const root = document.getElementById('explorer')
const { endpoint, headers } = root.dataset
const tabs = JSON.parse(root.dataset.tabs)

// Subscriptions take the same way by WebSocket; the headers editor's text begins the protocol.
const sockets = new URL(endpoint, location.href)
sockets.protocol = sockets.protocol.replace('http', 'ws')

// GraphiQL fills the editors of the tab in front from these, not from the tab; where the two
// differ, it opens a tab more at every visit.
const kept = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null')
const front = kept?.tabs[kept.activeTabIndex] ?? tabs[0]

// Scalars that objects are given for, which GraphiQL would underline in the variables.
const scalars = { JSON: {}, _Any: { type: 'object' } }

createRoot(root).render(
  <GraphiQL
    fetcher={createGraphiQLFetcher({ url: endpoint, subscriptionUrl: sockets.href })}
    storage={storage}
    plugins={[HISTORY_PLUGIN, explorerPlugin()]}
    defaultTabs={tabs.length ? tabs : undefined}
    defaultHeaders={headers}
    defaultEditorToolsVisibility="variables"
    shouldPersistHeaders={false}
    customScalarSchemas={scalars}
    initialQuery={front?.query ?? undefined}
    initialVariables={front?.variables ?? ''}
    initialHeaders={front?.headers ?? headers}
  >
    <GraphiQL.Logo>coursegraph</GraphiQL.Logo>
  </GraphiQL>,
)
