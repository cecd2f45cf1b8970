#!/usr/bin/env bash
# Sends events to a receiver that is made with the library of Standard Webhooks, which verifies every signature, also during a rotation.
# Needs the .NET SDK, Node.js and npm; ends with 0 where everything holds.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --ignore-scripts --silent

work=$(mktemp -d)
service=
trap 'kill $service 2>/dev/null || true; wait $service 2>/dev/null || true; rm -rf "$work"' EXIT
dotnet build ../../WebApi --configuration Release --output "$work/service" --verbosity quiet --nologo >/dev/null

port=${PORT:-5082}
ASPNETCORE_ENVIRONMENT=Development ConnectionStrings__CleanUsers="Data Source=$work/users.db" Email__PickupFolder="$work/outbox" \
  Webhooks__AllowedNetworks=127.0.0.0/8 dotnet "$work/service/CleanUsers.WebApi.dll" --urls "http://127.0.0.1:$port" >"$work/log" 2>&1 &
service=$!
for _ in $(seq 100); do
  curl -sf "http://127.0.0.1:$port/health/ready" >/dev/null && break
  sleep 0.1
done
node receiver.mjs "http://127.0.0.1:$port" || { tail -n 50 "$work/log"; exit 1; }
