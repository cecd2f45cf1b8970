// Writes filters.json and patches.json: random filters and patches with what npm's scim2-parse-filter and scim-patch make of them. The tests
// ScimFilterCases and ScimPatchCases compare the service's own readers with it. Usage: node generate.mjs [seed]
import { writeFileSync } from 'node:fs';
import { filter, parse } from 'scim2-parse-filter';
import { scimPatch } from 'scim-patch';

let state = Number(process.argv[2] ?? 7);
const random = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator: the same cases on every machine
  return Math.floor((state / 2 ** 32) * n);
};
const pick = (values) => values[random(values.length)];
const extension = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

// lower case alone: scim2-parse-filter compares texts with regard to case
const words = ['ada', 'grace', 'alan', 'a', 'ad', 'x"y', 'é', ''];
const types = ['work', 'home', 'other'];
const texts = ['userName', 'externalId', 'name.givenName', 'name.familyName', 'displayName', 'title', `${extension}:department`, 'emails.value'];

const comparison = (paths) => `${pick(paths)} ${pick(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])} ${JSON.stringify(pick(words))}`;
const value = () => pick([
  () => `type ${pick(['eq', 'ne'])} ${JSON.stringify(pick(types))}`,
  () => comparison(['value', 'display']),
  () => `primary eq ${pick(['true', 'false'])}`,
  () => `${value()} ${pick(['and', 'or'])} ${value()}`,
])();
const anyFilter = (depth) => pick(depth > 3 ? [() => comparison(texts)] : [
  () => comparison(texts),
  () => comparison(texts),
  () => `${pick([...texts, 'emails', 'name'])} pr`,
  () => `active eq ${pick(['true', 'false'])}`,
  () => `emails[${value()}]`,
  () => `${anyFilter(depth + 1)} and ${anyFilter(depth + 1)}`,
  () => `${anyFilter(depth + 1)} or ${anyFilter(depth + 1)}`,
  () => `not (${anyFilter(depth + 1)})`,
  () => `(${anyFilter(depth + 1)})`,
])();

const maybe = (object, name, make) => { if (random(3)) object[name] = make(); };
const user = () => {
  const one = { userName: pick(words.slice(0, 4)), active: random(2) === 0, emails: [] };
  maybe(one, 'externalId', () => pick(words.slice(0, 6)));
  maybe(one, 'displayName', () => pick(words.slice(0, 5)));
  maybe(one, 'title', () => pick(words.slice(0, 6)));
  maybe(one, 'name', () => ({ familyName: pick(words.slice(0, 6)) }));
  if (one.name) maybe(one.name, 'givenName', () => pick(words.slice(0, 6)));
  maybe(one, extension, () => ({ department: pick(words.slice(0, 6)) }));
  for (const type of types.slice(0, 1 + random(3))) one.emails.push({ type, value: pick(words.slice(0, 5)), primary: type === 'work' });
  return one;
};

// ne is the negation of eq here, also where nothing is assigned; the library has it true only of a value that is there
const negate = (f) => {
  if (f.op === 'ne') return { op: 'not', filter: { ...f, op: 'eq' } };
  if (f.filters) return { ...f, filters: f.filters.map(negate) };
  if (f.filter) return { ...f, filter: negate(f.filter) };
  return f.valFilter ? { ...f, valFilter: negate(f.valFilter) } : f;
};

// the library looks for each comparison in brackets among all values; one value must meet all of them (RFC 7644 section 3.4.2.2)
const matches = (f, one) => {
  if (f.op === 'and') return f.filters.every((inner) => matches(inner, one));
  if (f.op === 'or') return f.filters.some((inner) => matches(inner, one));
  if (f.op === 'not') return !matches(f.filter, one);
  return f.op === '[]' ? one[f.attrPath].some((value) => matches(f.valFilter, value)) : filter(f)(one);
};

const users = Array.from({ length: 40 }, user);
const filters = Array.from({ length: 250 }, () => {
  const text = anyFilter(0);
  const tree = negate(parse(text));
  return { filter: text, tree, matches: users.flatMap((one, i) => (matches(tree, one) ? [i] : [])) };
});
const lines = (values) => `[\n${values.map((one) => JSON.stringify(one)).join(',\n')}\n]`;
writeFileSync('filters.json', `{"users":${lines(users)},\n"filters":${lines(filters)}}\n`);

let number = 0;
const phone = () => ({ type: pick(types), value: `+${++number}` });
const operation = () => pick([
  () => ({ op: pick(['add', 'replace', 'Replace']), path: pick(['title', 'nickName', 'userName']), value: pick(words.slice(0, 5)) }),
  () => ({ op: pick(['add', 'Add']), path: pick(['name.givenName', 'name.familyName', 'name.middleName']), value: pick(words.slice(0, 5)) }),
  () => ({ op: pick(['add', 'replace']), path: 'name', value: { givenName: pick(words.slice(0, 5)) } }),
  () => ({ op: pick(['add', 'replace']), path: `${extension}:${pick(['department', 'manager.value'])}`, value: pick(words.slice(0, 5)) }),
  () => ({ op: 'add', path: 'phoneNumbers', value: pick([() => [phone()], () => [phone(), phone()]])() }),
  () => ({ op: 'replace', path: 'phoneNumbers', value: [phone(), phone()] }),
  () => ({ op: pick(['add', 'replace', 'Add']), path: `phoneNumbers[type eq "${pick(types)}"].${pick(['value', 'display'])}`, value: `+${++number}` }),
  () => ({ op: 'replace', path: `phoneNumbers[type eq "${pick(types)}"]`, value: { display: pick(words.slice(0, 5)) } }),
  () => ({ op: pick(['remove', 'Remove']), path: pick(['title', 'nickName', 'name.givenName', 'name', 'phoneNumbers']) }),
  () => ({ op: 'remove', path: `${extension}:department` }),
  () => ({ op: 'remove', path: `phoneNumbers[type eq "${pick(types)}"]` }),
  () => ({ op: 'remove', path: `phoneNumbers[type eq "${pick(types)}"].display` }),
  () => ({ op: pick(['add', 'replace']), value: { title: 't', 'name.givenName': pick(words.slice(0, 5)), [`${extension}:department`]: 'd' } }),
])();

const patches = [];
while (patches.length < 200) {
  const one = user();
  one.phoneNumbers = Array.from({ length: random(4) }, phone);
  const operations = Array.from({ length: 1 + random(4) }, operation);
  try {
    const result = scimPatch(structuredClone(one), operations, { mutateDocument: false, treatMissingAsAdd: true });
    patches.push({ user: one, operations, result });
  } catch (error) {
    // what else the library rejects, the service treats as the RFC has it: a removal of what is not there is none
    if (error.constructor.name === 'NoTarget') patches.push({ user: one, operations, error: 'noTarget' });
  }
}
writeFileSync('patches.json', `${lines(patches)}\n`);
