// Drives StackOne's official client through every write operation that it has, against $BASE.
// Prints one JSON object: what the client has, what was written and read back, and how it fails.
"use strict";

const { StackOne } = require("@stackone/stackone-client-ts");

const xAccountId = "demo-account";
const june = "demo-account-2025-06";

function writes(api) {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(api));
  return names.filter((name) => !/^(list|get|constructor)/.test(name)).sort();
}

async function failure(call) {
  try {
    await call();
  } catch (error) {
    return { name: error.name, statusCode: error.statusCode };
  }
  return null;
}

// The rows of a list's first page.
async function rows(page) {
  for await (const each of await page) {
    return Object.values(each).find((value) => Array.isArray(value?.data)).data;
  }
  return [];
}

async function main() {
  const { lms, accounts, proxy } = new StackOne({
    serverURL: process.env.BASE,
    security: { username: "demo-key", password: "" },
    retryConfig: { strategy: "none" },
  });
  const driven = new Set();
  const answers = {};
  const read = {};
  const write = async (name, request) => {
    driven.add(name);
    return lms[name]({ xAccountId, ...request });
  };
  const one = async (name, request) =>
    Object.values(await lms[name]({ xAccountId, ...request })).find((value) => value?.data).data;

  const body = {
    externalReference: "CLIENT-1",
    title: "Knots",
    description: "How to tie them.",
    active: true,
    authors: [{ id: "7", name: "Ada" }],
    additionalData: [{ id: "outcomes", value: ["one", "two"] }],
    categories: [{ name: "Ropes", hierarchy: { value: "primary" }, language: { value: "en_GB" } }],
    skills: [{ id: "12345", name: "Sales Techniques" }],
    contentType: { value: "course", sourceValue: "string" },
    contentUrl: "https://x.example/knots",
    coverUrl: "https://x.example/knots.png",
    createdAt: new Date("2021-07-21T14:00:00.000Z"),
    updatedAt: new Date("2022-07-21T14:00:00.000Z"),
    duration: "P3Y6M4DT12H30M5S",
    languages: [{ value: "en_GB", sourceValue: "string" }],
    localizations: [{ title: "Knots", language: { value: "en_GB" }, tags: ["a"] }],
    tags: ["Sales Techniques"],
    unifiedCustomFields: { my_project_custom_field_1: "REF-1236" },
  };
  answers.upsertContent = (await write("upsertContent", { lmsUpsertContentRequestDto: body })).upsertResult;
  const { id } = answers.upsertContent.data;
  read.course = await one("getCourse", { id });
  read.kept = (await lms.getCourse({ xAccountId, id, raw: true })).courseResult.raw[0].response.items[0];

  const items = [
    { externalReference: "CLIENT-2", title: "Two", contentType: { value: "video" }, order: 1 },
    { externalReference: "CLIENT-3" },
  ];
  answers.batchUpsertContent = (
    await write("batchUpsertContent", { lmsBatchUpsertContentRequestDto: { items } })
  ).batchResultApiModel;
  read.batched = [];
  for await (const page of await lms.listContent({ xAccountId, pageSize: "100" })) {
    read.batched.push(...page.contentPaginated.data.filter((row) => row.externalReference === "CLIENT-2"));
  }

  // Gone since December 2025, but this client still has it.
  const changed = { title: "Three" };
  const [first] = await rows(lms.listContent({ xAccountId: june, pageSize: "1" }));
  answers.updateContent = (
    await write("updateContent", { xAccountId: june, id: first.id, lmsCreateContentRequestDto: changed })
  ).updateResult;
  read.changed = await one("getContent", { xAccountId: june, id: first.id });

  const [user] = await rows(lms.listUsers({ xAccountId, pageSize: "1" }));
  const about = { learningObjectExternalReference: "CLIENT-1" };
  const assignment = {
    ...about,
    learningObjectId: id,
    progress: 40,
    dueDate: new Date("2026-12-01T08:00:00.000Z"),
    status: { value: "in_progress" },
    passthrough: { mailed: true },
  };
  answers.createUserAssignment = (
    await write("createUserAssignment", { id: user.id, lmsCreateAssignmentRequestDto: assignment })
  ).createResult;
  read.assignment = await one("getUserAssignment", {
    id: user.id,
    subResourceId: answers.createUserAssignment.data.id,
  });
  const completion = {
    ...about,
    result: { value: "Pass" },
    completedAt: new Date("2026-10-30T08:00:00.000Z"),
    timeSpent: "PT1H30M45S",
    passthrough: { examiner: "Ada" },
  };
  answers.createUserCompletion = (
    await write("createUserCompletion", { id: user.id, lmsCreateCompletionRequestDto: completion })
  ).createResult;
  const subResourceId = answers.createUserCompletion.data.id;
  read.completion = await one("getUserCompletion", { id: user.id, subResourceId });
  answers.deleteUserCompletion = (await write("deleteUserCompletion", { id: user.id, subResourceId })).deleteResult;
  read.gone = await failure(() => lms.getCompletion({ xAccountId, id: subResourceId }));
  const [old] = await rows(lms.listCompletions({ xAccountId: june, pageSize: "1" }));
  answers.deletedInJune = (
    await write("deleteUserCompletion", { xAccountId: june, id: old.userId, subResourceId: old.id })
  ).statusCode;

  driven.add("proxyRequest");
  const proxied = await proxy.proxyRequest({
    xAccountId,
    proxyRequestBody: { method: "patch", path: "/badges/7?give=1", headers: { "x-flag": "on" }, body: { n: 1 } },
  });
  answers.proxyRequest = { statusCode: proxied.statusCode };

  driven.add("updateAccount");
  answers.updateAccount = (
    await accounts.updateAccount({ id: "demo-limited", patchAccountExternalDto: { originOwnerName: "Owner" } })
  ).linkedAccount;
  driven.add("deleteAccount");
  answers.deleteAccount = (await accounts.deleteAccount({ id: "demo-limited" })).linkedAccount;

  const dto = (more) => ({ lmsUpsertContentRequestDto: { ...body, ...more } });
  const failures = {
    noReference: await failure(() => write("upsertContent", dto({ externalReference: null }))),
    noTitle: await failure(() => write("upsertContent", dto({ title: null }))),
    otherKind: await failure(() => write("upsertContent", dto({ contentType: { value: "video" } }))),
    disabled: await failure(() => write("upsertContent", { ...dto({}), xAccountId: "demo-disabled" })),
    nobody: await failure(() =>
      write("createUserAssignment", { id: "nobody", lmsCreateAssignmentRequestDto: about }),
    ),
    twice: await failure(() =>
      write("createUserAssignment", { id: user.id, lmsCreateAssignmentRequestDto: about }),
    ),
    dropped: await failure(() => write("updateContent", { id: first.id, lmsCreateContentRequestDto: changed })),
    deleted: await failure(() => accounts.getAccount({ id: "demo-limited" })),
  };
  const operations = [lms, accounts, proxy].flatMap(writes);
  process.stdout.write(JSON.stringify({ operations, driven: [...driven], answers, read, failures }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
