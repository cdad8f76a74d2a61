// Drives StackOne's official client through every read operation that it has, against $BASE.
// Prints one JSON object: what the client has, what each operation answered, and how it fails.
"use strict";

const { StackOne } = require("@stackone/stackone-client-ts");

const xAccountId = "demo-account";

function connect(username = "demo-key") {
  return new StackOne({
    serverURL: process.env.BASE,
    security: { username, password: "" },
    retryConfig: { strategy: "none" },
  });
}

function reads(api) {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(api));
  return names.filter((name) => /^(list|get)/.test(name)).sort();
}

// Walks a list to its end; the page's one property with a `data` array holds the rows.
async function walk(pages) {
  const lengths = [];
  const rows = [];
  for await (const page of await pages) {
    const { data } = Object.values(page).find((value) => Array.isArray(value?.data));
    lengths.push(data.length);
    rows.push(...data);
  }
  return { lengths, rows };
}

async function record(answer) {
  return Object.values(await answer).find((value) => value?.data).data;
}

async function failure(call) {
  try {
    await call();
  } catch (error) {
    return { name: error.name, statusCode: error.statusCode };
  }
  return null;
}

async function main() {
  const api = connect();
  const { lms, accounts, connectors } = api;
  const answers = {};
  const all = (name, request) => walk(lms[name]({ xAccountId, pageSize: "100", ...request }));
  const one = (name, request) => record(lms[name]({ xAccountId, ...request }));

  const singular = {
    listCourses: "getCourse",
    listContent: "getContent",
    listUsers: "getUser",
    listCompletions: "getCompletion",
    listAssignments: "getAssignment",
    listCategories: "getCategory",
    listSkills: "getSkill",
  };
  for (const [list, get] of Object.entries(singular)) {
    answers[list] = await all(list);
    answers[get] = await one(get, { id: answers[list].rows.at(-1).id });
  }
  // An id of the LMS with a slash in it, which travels as %2F.
  const slashed = answers.listContent.rows.find((row) => row.remoteId.includes("/"));
  answers.slashed = [slashed, await one("getContent", { id: slashed.remoteId })];

  // Somebody who has both finished something and something left to begin.
  const finished = new Set(answers.listCompletions.rows.map((row) => row.userId));
  const begins = (row) => row.status.value === "pending" && finished.has(row.userId);
  const { userId } = answers.listAssignments.rows.find(begins);
  for (const [list, get] of [
    ["listUserCompletions", "getUserCompletion"],
    ["listUserAssignments", "getUserAssignment"],
  ]) {
    answers[list] = await all(list, { id: userId });
    answers[get] = await one(get, { id: userId, subResourceId: answers[list].rows[0].id });
  }

  const updatedAfter = new Date("2026-06-01T00:00:00Z");
  answers.changedCourses = await all("listCourses", { filter: { updatedAfter } });
  answers.activeCourses = await all("listCourses", { filter: { active: true }, fields: "id,active" });
  answers.open = await all("listAssignments", { filter: { status: "pending" }, userId });
  answers.ada = await all("listUsers", { filter: { email: "ada.byron@academy.example" } });
  answers.changedCompletions = await all("listUserCompletions", { id: userId, filter: { updatedAfter } });
  answers.raw = (await lms.getCourse({ xAccountId, id: answers.getCourse.id, raw: true, proxy: { deep: 1 } }))
    .courseResult.raw;

  answers.listLinkedAccounts = (await accounts.listLinkedAccounts({})).classes;
  answers.suspended = (await accounts.listLinkedAccounts({ status: ["suspended", "error"] })).classes;
  answers.getAccount = (await accounts.getAccount({ id: xAccountId })).linkedAccount;
  answers.getAccountMetaInfo = (await accounts.getAccountMetaInfo({ id: xAccountId })).linkedAccountMeta;
  answers.listConnectorsMeta = (await connectors.listConnectorsMeta({ include: "resources" })).classes;
  answers.getConnectorMeta = (await connectors.getConnectorMeta({ provider: "academylms" })).connectorsMeta;

  const failures = {
    wrongKey: await failure(() => connect("wrong").lms.getCourse({ xAccountId, id: "1" })),
    wrongAccount: await failure(() => lms.getCourse({ xAccountId: "nobody", id: "1" })),
    wrongCourse: await failure(() => lms.getCourse({ xAccountId, id: "1" })),
    wrongCursor: await failure(() => lms.listCourses({ xAccountId, next: "eyJ" })),
    disabled: await failure(() => lms.listUsers({ xAccountId: "demo-disabled" })),
    limited: await failure(() => lms.listSkills({ xAccountId: "demo-limited" })),
  };
  const operations = [lms, accounts, connectors].flatMap(reads);
  process.stdout.write(JSON.stringify({ operations, answers, failures }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
