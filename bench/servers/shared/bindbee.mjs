// Bindbee's LMS API as the Node servers read it: a keep-alive pool, rows made into objects with the
// graph's names (so that their fields need no resolvers), and a data loader for each kind of read.

import DataLoader from 'dataloader'
import { Pool } from 'undici'

const API = '/api/lms/v1'
const LARGEST_PAGE = 200
const SOURCE = 'bench'

export const globalId = (type, key) =>
  Buffer.from(`${type}:${SOURCE}:${key}`).toString('base64url')

export const keyOf = (id) => Buffer.from(id, 'base64url').toString().split(':')[2]

const fullName = (row) =>
  [row.first_name, row.middle_name, row.last_name].filter(Boolean).join(' ')

export const asCourse = (row) => ({
  key: row.id,
  title: row.name,
  description: row.description,
  coverUrl: row.cover_image,
  url: row.url,
  duration: row.duration,
  status: row.status,
  statusText: row.status,
  remoteId: row.remote_id,
  updatedAt: row.modified_at,
  categoryRefs: row.categories,
  skillRefs: row.skills,
  instructorRefs: row.instructors,
})
export const asCategory = (row) => ({ key: row.id, name: row.name, description: row.description })
export const asSkill = (row) => ({ key: row.id, name: row.name })
export const asUser = (row) => ({
  key: row.id,
  name: fullName(row),
  email: row.email_address,
  phone: row.phone_number,
})
export const asCompletion = (row) => ({
  key: row.id,
  score: row.score,
  grade: row.grade,
  completedAt: row.completed_at,
  courseRef: row.course,
  userRef: row.user,
})

// What `expand` replaces the ids of relations by, for the server that uses it.
const COURSE_RELATIONS = {
  categories: 'categories[id,name,description]',
  skills: 'skills[id,name]',
  instructors: 'instructors[id,first_name,middle_name,last_name,email_address,phone_number]',
}
const COMPLETION_RELATIONS = {
  user: 'user[id,first_name,middle_name,last_name,email_address,phone_number]',
}

export function openBindbee(origin) {
  const pool = new Pool(origin, { connections: 128, pipelining: 1, keepAliveTimeout: 60_000 })
  const headers = {
    accept: 'application/json',
    authorization: 'Bearer bench-key',
    'x-connector-token': 'bench-connector',
  }

  async function page(model, params) {
    const query = new URLSearchParams(params).toString()
    const { statusCode, body } = await pool.request({
      path: `${API}/${model}?${query}`,
      method: 'GET',
      headers,
    })
    if (statusCode !== 200) throw new Error(`Bindbee: ${statusCode} ${await body.text()}`)
    return body.json()
  }

  // Every row of a list, or as many as are wanted.
  async function rows(model, params, enough = () => false) {
    const found = []
    let cursor = null
    do {
      const answer = await page(model, cursor ? { ...params, cursor } : params)
      for (const row of answer.items) found.push(row)
      cursor = answer.cursor
    } while (cursor !== null && !enough(found))
    return found
  }

  const byIds = (model, convert) =>
    new DataLoader(
      async (keys) => {
        const found = await rows(
          model,
          { ids: keys.join(','), page_size: LARGEST_PAGE },
          (all) => all.length >= keys.length,
        )
        const byId = new Map(found.map((row) => [row.id, convert(row)]))
        return keys.map((key) => byId.get(key) ?? null)
      },
      { maxBatchSize: LARGEST_PAGE },
    )

  // The first completions of each parent. A group is as large as fits on one page, if each parent
  // has no more than are wanted; the groups are read side by side.
  const completionsBy = (relation, first, convert, expanded) =>
    new DataLoader(
      async (keys) => {
        const heads = new Map(keys.map((key) => [key, []]))
        const found = await rows(
          'completions',
          { [relation]: keys.join(','), page_size: LARGEST_PAGE, ...expanded },
          (all) => all.length >= keys.length * first && complete(all, relation, keys, first),
        )
        for (const row of found) {
          const head = heads.get(row[relation].id ?? row[relation])
          if (head.length < first) head.push(convert(row))
        }
        return keys.map((key) => ({ nodes: heads.get(key) }))
      },
      { maxBatchSize: Math.max(1, Math.floor(LARGEST_PAGE / first)) },
    )

  // What one request shares. `expand` names the relations to expand, by the relation's owner.
  function loaders(expand = null) {
    const lists = new Map()
    const heads = (relation, first) => {
      const name = `${relation}/${first}`
      if (!lists.has(name)) {
        const expanded = expandedBy(COMPLETION_RELATIONS, expand?.completion)
        lists.set(name, completionsBy(relation, first, asCompletion, expanded))
      }
      return lists.get(name)
    }
    return {
      courses: byIds('courses', asCourse),
      categories: byIds('categories', asCategory),
      skills: byIds('skills', asSkill),
      users: byIds('users', asUser),
      completionsOf: (relation, first, key) => heads(relation, first).load(key),
    }
  }

  async function list(model, convert, first, expanded) {
    const size = Math.min(first, LARGEST_PAGE)
    const found = await rows(model, { page_size: size, ...expanded }, (all) => all.length >= first)
    return { nodes: found.slice(0, first).map(convert) }
  }

  return {
    loaders,
    courses: (first, expand) =>
      list('courses', asCourse, first, expandedBy(COURSE_RELATIONS, expand)),
    completions: (first, expand) =>
      list('completions', asCompletion, first, expandedBy(COMPLETION_RELATIONS, expand)),
  }
}

function expandedBy(relations, wanted) {
  const chosen = (wanted ?? []).filter((name) => name in relations).map((name) => relations[name])
  return chosen.length > 0 ? { expand: chosen.join(',') } : {}
}

function complete(rows, relation, keys, first) {
  const counts = new Map(keys.map((key) => [key, 0]))
  for (const row of rows) {
    const key = row[relation].id ?? row[relation]
    counts.set(key, counts.get(key) + 1)
  }
  return [...counts.values()].every((count) => count >= first)
}
