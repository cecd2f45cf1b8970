// Provisions users by SCIM, walks over all of them by startIndex and count, and changes each once; prints requests a second and the memory of the
// service. Usage: node provision.mjs http://127.0.0.1:5080 10000 [process id of the service]
import { readFileSync } from 'node:fs';

const [base, number, pid] = [process.argv[2], Number(process.argv[3] ?? 10000), process.argv[4]];
const workers = 8;
const prefix = Date.now().toString(36);

const send = async (method, path, body, status) => {
  const response = await fetch(`${base}/scim/v2${path}`, {
    method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/scim+json' },
  });
  const text = await response.text();
  if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
};
const memory = () => (pid ? `${Math.round(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1] / 1024)} MB` : '');
const timed = async (name, requests, action) => {
  const start = performance.now();
  await action();
  const seconds = (performance.now() - start) / 1000;
  console.log(`${name}: ${requests} requests in ${seconds.toFixed(1)} s, ${Math.round(requests / seconds)}/s ${memory()}`);
};
const all = (items, action) => Promise.all(Array.from({ length: workers }, async (_, worker) => {
  for (let i = worker; i < items.length; i += workers) await action(items[i], i);
}));

await timed('POST', number, () => all(Array.from({ length: number }), (_, i) => send('POST', '/Users', {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], externalId: `${prefix}-${i}`, userName: `${prefix}.${i}@example.org`, active: true,
  name: { givenName: `Given${i}`, familyName: `Family${i}` }, emails: [{ primary: true, type: 'work', value: `${prefix}.mail${i}@example.org` }],
}, 201)));

const ids = [];
const pages = [];
const walkStart = performance.now();
for (let start = 1, total = 1; start <= total;) {
  const before = performance.now();
  const page = await send('GET', `/Users?startIndex=${start}&count=100`, undefined, 200);
  pages.push(performance.now() - before);
  if (page.itemsPerPage === 0) break;
  ids.push(...page.Resources.map((user) => user.id));
  [start, total] = [start + page.itemsPerPage, page.totalResults];
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(1);
const tenth = Math.max(1, Math.floor(pages.length / 10));
console.log(`walk: ${ids.length} users (${new Set(ids).size} different) in ${pages.length} pages, ${((performance.now() - walkStart) / 1000).toFixed(1)} s; `
  + `median of the first tenth ${median(pages.slice(0, tenth))} ms, of the last ${median(pages.slice(-tenth))} ms ${memory()}`);
const jump = performance.now();
await send('GET', `/Users?startIndex=${Math.floor(ids.length / 2) + 7}&count=100`, undefined, 200);
console.log(`a page by its number, near a known place: ${(performance.now() - jump).toFixed(1)} ms`);

await timed('PATCH', ids.length, () => all(ids, (id) => send('PATCH', `/Users/${id}`, {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'Replace', path: 'active', value: 'False' }, { op: 'Add', path: 'title', value: 'Engineer' }],
}, 200)));
await timed('filter', 1000, () => all(Array.from({ length: 1000 }), (_, i) =>
  send('GET', `/Users?filter=${encodeURIComponent(`userName eq "${prefix}.${i % number}@EXAMPLE.org"`)}`, undefined, 200)));
