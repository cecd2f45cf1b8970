#!/usr/bin/env bash
# Checks the description with common linters, and with clients that are generated from it alone.
# Needs the .NET SDK, Node.js and npm; ends with 0 where everything holds.
set -euo pipefail
cd "$(dirname "$0")"

description=../../WebApi/OpenApi/v1.json
npm ci --no-audit --no-fund --ignore-scripts --silent
npx redocly lint --config redocly.yaml "$description"
npx spectral lint --ruleset .spectral.yaml --fail-severity error "$description"

work=$(mktemp -d)
service=
trap 'kill $service 2>/dev/null || true; wait $service 2>/dev/null || true; rm -rf "$work"' EXIT
dotnet build ../../WebApi --configuration Release --output "$work/service" --verbosity quiet --nologo >/dev/null
mkdir -p build
cp "$description" build/3.1.json
dotnet "$work/service/CleanUsers.WebApi.dll" openapi --version 3.0 >build/3.0.json
npx redocly lint --config redocly.yaml build/3.0.json

port=${PORT:-5081}
serve() { # over a new database
  if [ -n "$service" ]; then
    kill "$service"
    wait "$service" || true
  fi
  ASPNETCORE_ENVIRONMENT=Development ConnectionStrings__CleanUsers="Data Source=$work/$1.db" Email__PickupFolder="$work/outbox" \
    dotnet "$work/service/CleanUsers.WebApi.dll" --urls "http://127.0.0.1:$port" >"$work/log" 2>&1 &
  service=$!
  for _ in $(seq 100); do
    curl -sf "http://127.0.0.1:$port/health/ready" >/dev/null && break
    sleep 0.1
  done
}
serve clients

# generators run with their defaults, as most clients are made
dotnet tool restore >/dev/null
for version in 3.1 3.0; do
  echo "TypeScript, made of OpenAPI $version:"
  npx openapi-typescript "build/$version.json" --output build/schema.d.ts
  npx tsc --project tsconfig.json
  node build/client.js "http://127.0.0.1:$port"

  echo "C#, made of OpenAPI $version:"
  dotnet nswag openapi2csclient "/input:build/$version.json" /output:build/UsersClient.cs /namespace:CleanUsers.Generated \
    /classname:UsersClient /jsonLibrary:SystemTextJson >"$work/nswag" || { cat "$work/nswag"; exit 1; }
  dotnet build CSharp --output "$work/csharp" --verbosity quiet --nologo
  dotnet "$work/csharp/Client.dll" "http://127.0.0.1:$port"
done

# the reference, where there is a browser to open it in
chromium=${CHROMIUM:-$(command -v chromium || true)}
if [ -n "$chromium" ]; then
  serve reference
  CHROMIUM=$chromium node reference.mjs "http://127.0.0.1:$port" build/reference.png
else
  echo "skipped: the reference in a browser (no Chromium: set CHROMIUM)"
fi
