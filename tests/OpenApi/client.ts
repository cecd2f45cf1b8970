// A small client made of the description alone: creates, pages, patches and deletes against a running service.
import createClient from "openapi-fetch";
import type { paths } from "./build/schema.js";

declare const process: { argv: string[] };

const users = createClient<paths>({ baseUrl: process.argv[2] });
const run = `run${Date.now()}`;

function check(what: string, holds: boolean): asserts holds {
  if (!holds) throw new Error(what);
  console.log(`ok: ${what}`);
}

const alone = await users.POST("/api/v1/users", { body: { email: `${run}@example.org` } });
check(`created ${alone.data?.id} with an email alone`, alone.data?.role === "User" && alone.data.status === "Active" && alone.data.name === null);
await users.DELETE("/api/v1/users/{id}", { params: { path: { id: alone.data!.id } } });

const ids: number[] = [];
for (let i = 0; i < 5; i++) {
  const { data, response } = await users.POST("/api/v1/users", {
    params: { header: { "Idempotency-Key": `${run}-${i}` } },
    body: { email: `${run}.${i}@example.org`, name: `Client ${i}` },
  });
  check(`created ${i}`, response.status === 201 && data !== undefined && data.role === "User");
  ids.push(data.id);
}

const walked: number[] = [];
let cursor: string | undefined;
do {
  const { data } = await users.GET("/api/v1/users", { params: { query: { q: run, pageSize: 2, sort: "-id", cursor } } });
  check("a page", data !== undefined && data.items.length <= 2);
  walked.push(...data.items.map((user) => user.id));
  cursor = data.nextCursor ?? undefined;
} while (cursor);
check("the pages show each user once", walked.join() === [...ids].reverse().join());

const path = { id: ids[0] };
const patched = await users.PATCH("/api/v1/users/{id}", { params: { path, header: { "If-Match": '"1"' } }, body: { age: 36, name: null } });
check("patched", patched.data?.age === 36 && patched.data.name === null && patched.data.version === 2);
const stale = await users.PATCH("/api/v1/users/{id}", { params: { path, header: { "If-Match": '"1"' } }, body: { age: 37 } });
check("a stale patch is a problem", stale.error?.code === "version-mismatch");
const wrong = await users.POST("/api/v1/users", { body: { email: "none" } });
check("bad input is named", wrong.error?.errors?.[0]?.pointer === "#/email");

const queued = await users.POST("/api/v1/users/{id}/emails", { params: { path }, body: { subject: "Hello", text: "Welcome." } });
check("an email is queued", queued.response.status === 201 && queued.data?.status === "Queued");
const email = await users.GET("/api/v1/users/{id}/emails/{emailId}", { params: { path: { ...path, emailId: queued.data!.id } } });
check("an email is read", email.data?.subject === "Hello");

const history = await users.GET("/api/v1/users/{id}/history", { params: { path } });
check("the history is read", history.data?.items.map((change) => change.kind).join() === "updated,created");
check("the change is named", history.data?.items[0].changed.join() === "name,age" && history.data.items[0].user.version === 2);

for (const id of ids) {
  const deleted = await users.DELETE("/api/v1/users/{id}", { params: { path: { id } } });
  check(`deleted ${id}`, deleted.response.status === 204);
}
const gone = await users.GET("/api/v1/users/{id}", { params: { path } });
check("gone", gone.response.status === 404 && gone.error?.code === "user-not-found");
