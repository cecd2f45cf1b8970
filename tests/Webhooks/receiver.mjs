// A receiver made with the library of Standard Webhooks. Creates a webhook and changes users, and ends with 0 if each event arrived, in order, with
// signatures that the library verifies: before a rotation, after it by either secret, and not by another secret.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { Webhook } from "standardwebhooks";

const service = process.argv[2];
const users = 20;
const events = [];
let failures = 0;

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  if (events.length === 3 && failures === 0) {
    failures++;
    response.writeHead(503).end(); // sent again after 5 s, and those after it wait
    return;
  }

  events.push({ headers: request.headers, body, event: JSON.parse(body) });
  response.writeHead(204).end();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const created = await send("POST", "/api/v1/webhooks", { url: `http://127.0.0.1:${server.address().port}/` });
const first = created.secret;
for (let i = 0; i < users; i++) {
  const user = await send("POST", "/api/v1/users", { email: `user${i}@example.org`, name: "Lovelace" });
  await send("PATCH", `/api/v1/users/${user.id}`, { age: i });
}
await arrived(2 * users);
for (const { body, headers } of events) {
  new Webhook(first).verify(body, headers);
  assert.throws(() => new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").verify(body, headers));
  assert.throws(() => new Webhook(first).verify(body.replace("created", "deleted").replace("updated", "deleted"), headers));
  assert.doesNotMatch(body, /example\.org|Lovelace/);
  assert.equal(headers["content-type"], "application/cloudevents+json");
}

const second = (await send("POST", `/api/v1/webhooks/${created.id}/secrets`)).secret;
for (let id = 1; id <= users; id++) await send("DELETE", `/api/v1/users/${id}`);
await arrived(3 * users);
for (const { body, headers } of events.slice(2 * users)) {
  for (const secret of [first, second]) new Webhook(secret).verify(body, headers);
  assert.equal(headers["webhook-signature"].split(" ").length, 2);
}

for (let id = 1; id <= users; id++) {
  const ofUser = events.filter(({ event }) => event.data.userId === id);
  assert.deepEqual(ofUser.map(({ event }) => event.data.version), [1, 2, 3]);
  assert.deepEqual(ofUser.map(({ event }) => event.type), ["created", "updated", "deleted"].map((kind) => `cleanusers.user.${kind}`));
}
assert.equal(failures, 1);
console.log(`${events.length} events, each with a signature that the library verifies; ${users} of them by two secrets`);
server.close();
server.closeAllConnections();

async function send(method, path, body) {
  const response = await fetch(service + path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}

async function arrived(count) {
  for (let i = 0; i < 600 && events.length < count; i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(events.length, count);
}
