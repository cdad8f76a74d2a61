// Which relations a list's own nodes are asked for: found once for each field of a document.

const known = new WeakMap()

export function expandsIn(info) {
  const [field] = info.fieldNodes
  if (!known.has(field)) known.set(field, relationsOf(field))
  return known.get(field)
}

function relationsOf(field) {
  const nodes = fieldsOf(field).find((each) => each.name.value === 'nodes')
  return nodes ? fieldsOf(nodes).filter((each) => each.selectionSet).map((each) => each.name.value) : []
}

const fieldsOf = (node) => node.selectionSet.selections.filter((each) => each.kind === 'Field')
