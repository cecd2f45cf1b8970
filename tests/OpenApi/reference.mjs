// Opens the reference in a browser that reaches nothing but the service, and presses Send on every operation as a newcomer does: on an empty
// database, without filling in a parameter. Each must have its documented success. Nothing may lead to another host, or be stopped by the
// Content-Security-Policy.
// usage: node reference.mjs http://127.0.0.1:5080 screenshot.png    (CHROMIUM names the browser)
import { chromium } from "playwright-core";

const [service, screenshot] = process.argv.slice(2);

// In this order each operation finds what it needs: the examples of the path are user 1, email 1, webhook 1 and key 1. HEAD and OPTIONS of a path
// follow its GET, or its only operation.
const steps = [
  { id: "createUser" },
  { id: "createUser", body: { email: "grace@example.org" } }, // the reference must not send the Idempotency-Key of the first request again
  { id: "listUsers", holds: (users) => users.items.length === 2 },
  { id: "getUser" },
  { id: "replaceUser" },
  { id: "patchUser" },
  { id: "queueEmail" },
  { id: "listEmails", holds: (emails) => emails.items.length === 1 },
  { id: "getEmail" },
  { id: "listHistory", holds: (changes) => changes.items[0].kind === "updated" && changes.items.at(-1).kind === "created" },
  { id: "deleteUser" },
  { id: "listDeletedUsers", holds: (users) => users.items.length === 1 },
  { id: "getDeletedUser" },
  { id: "listDeletedHistory", holds: (changes) => changes.items[0].kind === "deleted" },
  { id: "restoreUser" },
  { id: "deleteUser" },
  { id: "purgeUser" },
  { id: "listChanges", holds: (changes) => changes.items[0].kind === "created" && changes.items.at(-1).kind === "purged" },
  { id: "createWebhook" },
  { id: "listWebhooks", holds: (webhooks) => webhooks.items.length === 1 },
  { id: "getWebhook" },
  { id: "patchWebhook" },
  { id: "listWebhookDeliveries" },
  { id: "redeliver" },
  { id: "rotateWebhookSecret" },
  { id: "deleteWebhook" },
  { id: "createApiKey" },
  { id: "listApiKeys", holds: (keys) => keys.items.length === 1 },
  { id: "getApiKey" },
  { id: "rotateApiKey" },
  { id: "revokeApiKey" },
  { id: "isAlive" },
  { id: "isReady" },
  { id: "explainProblem" },
];

const description = await (await fetch(`${service}/openapi/v1.json`)).json();
const operations = Object.entries(description.paths).flatMap(([path, item]) => Object.entries(item)
  .filter(([, operation]) => operation.operationId)
  .map(([method, operation]) => ({
    id: operation.operationId,
    path,
    method: method.toUpperCase(),
    section: `v1/tag/${operation.tags[0].toLowerCase().replaceAll(" ", "-")}/${method.toUpperCase()}${path}`,
    success: Number(Object.keys(operation.responses).find((status) => status.startsWith("2"))),
  })));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
  ],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
const outside = [];
page.on("request", (request) => {
  if (!request.url().startsWith(service) && !/^(data|blob):/.test(request.url())) outside.push(request.url());
});

const stopped = [];
page.on("console", (message) => {
  if (message.text().includes("Content Security Policy")) stopped.push(message.text());
});

await page.goto(`${service}/docs`);
await page.getByRole("heading", { name: "List users" }).first().waitFor();
const sidebar = page.getByRole("complementary", { name: /Sidebar/ });
for (const { name } of description.tags.slice(1)) await sidebar.getByText(name, { exact: true }).click(); // the first is open

const failed = [];
const sent = new Set();
for (const { id, body, holds } of steps) {
  const operation = operations.find((one) => one.id === id);
  if (!operation) {
    failed.push(`${id} is not in the description`);
    continue;
  }

  await send(operation, body, holds);
  if (operation.method !== "GET" && operations.some(({ path, method }) => path === operation.path && method === "GET")) continue;
  for (const other of operations.filter(({ path, method }) => path === operation.path && ["HEAD", "OPTIONS"].includes(method))) await send(other);
}

await page.screenshot({ path: screenshot });
await browser.close();
for (const { id } of operations) if (!sent.has(id)) failed.push(`${id} was not sent`);

console.log(`operations: ${sent.size} of ${operations.length}; failed: ${failed.length} ${failed.join(", ")}`);
console.log(`requests to other hosts: ${outside.length} ${outside.join(" ")}`);
console.log(`stopped by the Content-Security-Policy: ${stopped.length} ${stopped.join(" ")}`);
process.exit(failed.length === 0 && outside.length === 0 && stopped.length === 0 ? 0 : 1);

/** Opens an operation, presses Send, and prints the status code. */
async function send(operation, body, holds = () => true) {
  await page.evaluate((section) => { location.hash = section; }, operation.section);
  await page.locator(`[id="${operation.section}"]`).getByRole("button", { name: /Test Request/i }).click();
  const dialog = page.getByRole("dialog");
  if (body) {
    await dialog.locator(".cm-content").first().click();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(JSON.stringify(body));
  }

  const path = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
  const responding = page.waitForResponse((response) =>
    response.request().method() === operation.method && path.test(new URL(response.url()).pathname));
  await dialog.getByRole("button", { name: /^Send/i }).first().click();
  const response = await responding;
  const holding = response.status() !== 200 || operation.method !== "GET" || holds(await response.json());
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });

  const ok = response.status() === operation.success && holding;
  if (!ok) failed.push(operation.id);
  sent.add(operation.id);
  const { pathname, search } = new URL(response.url());
  console.log(`${ok ? "ok  " : "FAIL"} ${operation.id}: ${operation.method} ${pathname}${search} -> ${response.status()}`
    + (holding ? "" : ", without the items that were created"));
}
