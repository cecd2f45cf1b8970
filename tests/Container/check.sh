#!/usr/bin/env bash
# Builds the image and checks what the README promises: non-root, read-only file system, health, PORT, migrate, exit codes.
# Needs Docker with Compose 2. Everything it makes is removed, apart from the image.
set -euo pipefail
cd "$(dirname "$0")/../.."

name=cleanusers-check-$$
trap 'docker rm -f "$name" >/dev/null 2>&1; docker volume rm "$name" >/dev/null 2>&1 || true' EXIT
run() { docker run --name "$name" --read-only --cap-drop ALL --security-opt no-new-privileges -v "$name:/data" "$@"; }
end() { docker inspect -f '{{.State.ExitCode}}' "$name"; docker rm "$name" >/dev/null; }
is() { if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "NOT ok: $1: $2 instead of $3" >&2; exit 1; fi; }

for profile in default postgres observability test; do
    is "compose.yaml without a password, profile $profile" \
        "$(DATABASE_PASSWORD='' docker compose --profile $profile config 2>&1 | grep -o 'DATABASE_PASSWORD is missing a value: must be set')" \
        "DATABASE_PASSWORD is missing a value: must be set"
    DATABASE_PASSWORD=x docker compose --profile $profile config --quiet
done

docker build --quiet --tag cleanusers . >/dev/null
is "the image's user" "$(docker inspect -f '{{.Config.User}}' cleanusers)" 1654
is "no shell in the image" "$(docker run --rm --entrypoint /bin/sh cleanusers -c true >/dev/null 2>&1 || echo none)" none

run cleanusers 2>/dev/null || true
is "no start without authentication or AllowAnonymous" "$(end)" 78
run cleanusers mgirate 2>/dev/null || true
is "an unknown command" "$(end)" 1
is "migrate" "$(run cleanusers migrate)" "The database is up to date."
is "its exit code" "$(end)" 0

run --detach --publish 127.0.0.1::9000 -e PORT=9000 -e Authentication__AllowAnonymous=true -e Database__MigrateOnStartup=false cleanusers >/dev/null
host=$(docker port "$name" 9000)
users=http://$host/api/v1/users
status() { curl --silent --output /dev/null --write-out '%{http_code}' "$@"; }
is "ready, on PORT" "$(status --retry 20 --retry-all-errors --retry-delay 1 "http://$host/health/ready")" 200
is "a user is created" "$(status --json '{"email":"ada@bücher.example"}' "$users")" 201
is "it is the same, spelled otherwise" "$(status --json '{"email":"ADA@XN--BCHER-KVA.example"}' "$users")" 409
is "it can be read" "$(status "$users/1")" 200
for _ in $(seq 30); do
    health=$(docker inspect -f '{{.State.Health.Status}}' "$name")
    [ "$health" = starting ] || break
    sleep 1
done
is "the container's health" "$health" healthy
docker stop --time 40 "$name" >/dev/null
is "the exit code after SIGTERM" "$(end)" 0
