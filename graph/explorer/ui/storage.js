// Keeps what GraphiQL remembers (tabs, history, theme) apart from other GraphiQLs of the same
// origin, and keeps every header out of it: a header may hold a secret.

const PREFIX = 'coursegraph:'
const HISTORY = ['graphiql:queries', 'graphiql:favorites']

const withoutHeaders = (text) =>
  JSON.stringify(JSON.parse(text), (name, value) => (name === 'headers' ? undefined : value))

const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))

export const storage = {
  getItem: (key) => localStorage.getItem(PREFIX + key),
  setItem: (key, value) =>
    localStorage.setItem(PREFIX + key, HISTORY.includes(key) ? withoutHeaders(value) : value),
  removeItem: (key) => localStorage.removeItem(PREFIX + key),
  clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return ownKeys().length
  },
}
