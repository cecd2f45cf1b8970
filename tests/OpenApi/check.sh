#!/usr/bin/env bash
# Holds the description against the linters of the trade, and against a client that is made of nothing else.
# Needs the .NET SDK, Node.js and npm; ends with 0 where everything holds.
set -euo pipefail
cd "$(dirname "$0")"

description=../../WebApi/OpenApi/v1.json
npm ci --no-audit --no-fund --ignore-scripts --silent
npx redocly lint --config redocly.yaml "$description"
npx spectral lint --ruleset .spectral.yaml --fail-severity error "$description"

mkdir -p build
npx openapi-typescript "$description" --default-non-nullable=false --output build/schema.d.ts
npx tsc --project tsconfig.json

work=$(mktemp -d)
dotnet build ../../WebApi --configuration Release --output "$work/service" --verbosity quiet --nologo >/dev/null
port=${PORT:-5081}
ASPNETCORE_ENVIRONMENT=Development ConnectionStrings__CleanUsers="Data Source=$work/users.db" \
  dotnet "$work/service/CleanUsers.WebApi.dll" --urls "http://127.0.0.1:$port" >"$work/log" 2>&1 &
service=$!
trap 'kill "$service" 2>/dev/null || true; wait "$service" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  curl -sf "http://127.0.0.1:$port/health/ready" >/dev/null && break
  sleep 0.1
done
node build/client.js "http://127.0.0.1:$port"

# the reference, where there is a browser to open it in
chromium=${CHROMIUM:-$(command -v chromium || true)}
if [ -n "$chromium" ]; then
  CHROMIUM=$chromium node reference.mjs "http://127.0.0.1:$port" build/reference.png
else
  echo "skipped: the reference in a browser (no Chromium: set CHROMIUM)"
fi
