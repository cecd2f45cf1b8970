// Opens the reference in a browser that reaches nothing but the service, sends a request from the page and waits for its response.
// Nothing may lead to another host, or be stopped by the Content-Security-Policy.
// usage: node reference.mjs http://127.0.0.1:5080 screenshot.png    (CHROMIUM names the browser)
import { chromium } from "playwright-core";

const [service, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
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
await page.getByRole("button", { name: /Test Request/i }).first().click();
const pending = page.waitForResponse((response) => response.url().includes("/api/v1/") || response.url().includes("/health/"));
await page.getByRole("button", { name: /^Send/i }).first().click();
const response = await pending;
await page.waitForTimeout(1000);
await page.screenshot({ path: screenshot });
await browser.close();

console.log(`${response.request().method()} ${response.url()} -> ${response.status()}`);
console.log(`requests to other hosts: ${outside.length} ${outside.join(" ")}`);
console.log(`stopped by the Content-Security-Policy: ${stopped.length} ${stopped.join(" ")}`);
process.exit(response.ok() && outside.length === 0 && stopped.length === 0 ? 0 : 1);
