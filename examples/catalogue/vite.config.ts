import { defineConfig } from "vite";

/** The page and the graph share one origin, so there is neither CORS nor a second address. */
const graph = process.env["GRAPH_URL"] ?? "http://127.0.0.1:8000";
const port = Number(process.env["EXAMPLE_PORT"] ?? 8002);
const proxy = { "/graphql": { target: graph, ws: true }, "/uploads": { target: graph } };
const address = { host: "127.0.0.1", port, strictPort: true, proxy };

export default defineConfig({
  server: address,
  preview: {
    ...address,
    headers: {
      "content-security-policy":
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
    },
  },
});
