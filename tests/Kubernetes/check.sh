#!/usr/bin/env bash
# Renders deploy/kubernetes, alone and with the component `monitoring`, and checks every object against the schemas of Kubernetes and of the Prometheus Operator:
# values by npm's kubernetes-models, names of members by its types. Then checks what the objects must have in common.
# Needs kubectl (its kustomize, no cluster), Node.js and npm; ends with 0 where everything holds.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --ignore-scripts --silent

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r ../../deploy/kubernetes "$work/all"
printf '\ncomponents: [monitoring]\n' >>"$work/all/kustomization.yaml"

mkdir -p build
for set in ../../deploy/kubernetes "$work/all"; do
  kubectl kustomize "$set" >"$work/objects.yaml"
  node objects.mjs "$work/objects.yaml" build/objects.ts
  npx tsc --noEmit --strict --module nodenext --skipLibCheck build/objects.ts
done
echo "deploy/kubernetes: every object is valid, alone and with the component monitoring."
