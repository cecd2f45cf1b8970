// node objects.mjs OBJECTS.yaml OBJECTS.ts: validates the objects, and writes them as TypeScript, whose compiler rejects members that their types do not have
import { readFileSync, writeFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

const [from, to] = process.argv.slice(2);
const objects = parseAllDocuments(readFileSync(from, "utf8")).map(document => document.toJS());

const lines = [];
for (const [i, object] of objects.entries()) {
  const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : [null, object.apiVersion];
  const library = group === "monitoring.coreos.com" ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  const module = `${library}/${group === null ? "" : `${group}/`}${version}/${object.kind}`;
  const { [object.kind]: Model } = await import(module);
  new Model(object).validate(); // throws an error with the path of the member
  lines.push(`import type { I${object.kind} as T${i} } from "${module}";`, `export const o${i} = ${JSON.stringify(object, null, 2)} satisfies T${i};`);
}
writeFileSync(to, lines.join("\n") + "\n");

const one = kind => objects.find(object => object.kind === kind);
const check = (holds, what) => {
  if (!holds) throw new Error(what);
};
const pod = one("Deployment").spec.template;
const container = pod.spec.containers[0];
const settings = one("ConfigMap").data;
const portOf = name => container.ports.find(port => port.name === name)?.containerPort;
const selects = (labels, what) =>
  check(Object.entries(labels).every(([name, value]) => pod.metadata.labels[name] === value), `${what} does not select the pods of the Deployment`);

for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"])
  check(portOf(container[probe].httpGet.port), `${probe} has a port that the container does not have`);
for (const port of one("Service").spec.ports) check(portOf(port.targetPort), `the Service has a port that the container does not have: ${port.targetPort}`);
selects(one("Service").spec.selector, "the Service");
selects(one("PodDisruptionBudget").spec.selector.matchLabels, "the PodDisruptionBudget");
selects(one("NetworkPolicy").spec.podSelector.matchLabels, "the NetworkPolicy");
for (const rule of one("NetworkPolicy").spec.ingress)
  for (const { port } of rule.ports) check(portOf(port), `the NetworkPolicy has a port that the container does not have: ${port}`);
for (const constraint of pod.spec.topologySpreadConstraints) selects(constraint.labelSelector.matchLabels, constraint.topologyKey);
check(String(portOf("metrics")) === settings.Metrics__Port, "the port of the metrics is not that of the settings");
const seconds = name => Number((settings[name] ?? { Shutdown__Delay: "00:00:05", Shutdown__Timeout: "00:00:30" }[name]).split(":").reduce((sum, part) => sum * 60 + +part, 0));
check(pod.spec.terminationGracePeriodSeconds > seconds("Shutdown__Delay") + seconds("Shutdown__Timeout"), "the pods are killed before their shutdown is over");
check(container.readinessProbe.periodSeconds * container.readinessProbe.failureThreshold < seconds("Shutdown__Delay"), "a pod that stops is noticed too late");
const monitor = one("ServiceMonitor");
if (monitor) {
  const ports = one("Service").spec.ports.map(port => port.name);
  for (const endpoint of monitor.spec.endpoints) check(ports.includes(endpoint.port), `the ServiceMonitor has a port that the Service does not have: ${endpoint.port}`);
  check(!pod.metadata.annotations, "the pods are scraped twice");
}
console.log(`ok: ${objects.length} objects: ${objects.map(object => object.kind).join(", ")}`);
