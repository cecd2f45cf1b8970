#!/usr/bin/env bash
# Makes random filters and patches with libraries of others, and compares what the service makes of them. Without an argument the cases are those of
# the repository; with a number as seed they are others. Needs the .NET SDK, Node.js and npm; ends with 0 where everything agrees.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --ignore-scripts --silent

trap 'git checkout --quiet -- filters.json patches.json' EXIT
node generate.mjs "${1:-7}"
if [ $# -eq 0 ]; then git diff --exit-code --stat -- filters.json patches.json; fi
dotnet test --project ../WebApi.Tests -- --filter-class '*.ScimFilterCases' --filter-class '*.ScimPatchCases'
