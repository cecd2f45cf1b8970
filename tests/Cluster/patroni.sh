#!/usr/bin/env bash
# Automatic failover: three servers of PostgreSQL that Patroni manages with etcd, and two replicas of the service behind HAProxy, on the loopback interface.
# A client creates users and repeats each request, with its Idempotency-Key, until it is acknowledged. Then the primary and its Patroni get SIGKILL, Patroni
# promotes a standby by itself, and the killed server joins it. Each acknowledged user must be there, once, with its id.
# Needs the .NET SDK and Debian's packages patroni, etcd-server, postgresql, haproxy, jq and curl; by hand, it is not part of .ci/run.
set -euo pipefail
cd "$(dirname "$0")/../.."

pg=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
work=$(mktemp -d)
chmod 755 "$work"
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
clean() {
  pkill -KILL -f "patroni $work/" || true # as another user, who does not get the signal of the shell
  kill $(jobs -p) 2>/dev/null || true
  for node in 1 2 3; do as_postgres "$pg/pg_ctl" stop -m immediate -D "$work/$node/data" >/dev/null 2>&1 || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
fail() { echo "NOT ok: $1" >&2; tail -n 20 "$work"/*.log >&2; exit 1; }
until_true() { # SECONDS COMMAND...
  local seconds=$1; shift
  for _ in $(seq $((seconds * 10))); do ! "$@" >/dev/null 2>&1 || return 0; sleep 0.1; done
  fail "not within $seconds s: $*"
}

etcd --name only --data-dir "$work/etcd" --listen-client-urls http://127.0.0.1:22379 --advertise-client-urls http://127.0.0.1:22379 \
  --listen-peer-urls http://127.0.0.1:22380 --initial-advertise-peer-urls http://127.0.0.1:22380 --initial-cluster only=http://127.0.0.1:22380 \
  >"$work/etcd.log" 2>&1 &
until_true 20 curl -sf http://127.0.0.1:22379/health

node() { # NUMBER: starts Patroni, which makes the server: the first one by initdb, the others as copies of it
  mkdir -p "$work/$1"
  [ "$(id -u)" != 0 ] || chown postgres "$work/$1"
  cat >"$work/$1.yml" <<YAML
scope: cleanusers
name: node$1
restapi: { listen: "127.0.0.1:2800$1", connect_address: "127.0.0.1:2800$1" }
etcd3: { host: "127.0.0.1:22379" }
bootstrap:
  dcs:
    ttl: 20 # seconds without a sign of the leader, after which a standby is promoted
    loop_wait: 5
    retry_timeout: 5
    synchronous_mode: true # only a synchronous standby is promoted
    postgresql: { use_pg_rewind: true, parameters: { max_connections: 200 } }
  initdb: [{ encoding: UTF8 }, { locale: C.UTF-8 }, data-checksums]
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
postgresql:
  listen: "127.0.0.1:2543$1"
  connect_address: "127.0.0.1:2543$1"
  data_dir: $work/$1/data
  bin_dir: $pg
  pgpass: $work/$1/pgpass
  parameters: { unix_socket_directories: "$work/$1" }
  authentication: { superuser: { username: postgres }, replication: { username: postgres }, rewind: { username: postgres } }
YAML
  as_postgres patroni "$work/$1.yml" >>"$work/node$1.log" 2>&1 &
}
is_leader() { [ "$(curl -s -o "$work/leader" -w '%{http_code}' "http://127.0.0.1:2800$1/leader")" = 200 ]; }
leader() { local node; for node in 1 2 3; do ! is_leader $node || echo $node; done; }
has_leader() { [ -n "$(leader)" ]; }
has_standbys() { # NUMBER: so many follow the leader, one of them synchronously
  curl -s "http://127.0.0.1:2800$(leader)/cluster" | jq -e "[.members[] | select(.state == \"running\" or .state == \"streaming\")
    | select(.role == \"replica\" or .role == \"sync_standby\")] | length == $1 and any(.role == \"sync_standby\")"
}
node 1
until_true 60 is_leader 1
node 2
node 3
until_true 60 has_standbys 2

dotnet build WebApi --configuration Release --output "$work/app" --verbosity quiet --nologo >/dev/null
export Database__Provider=PostgreSql ASPNETCORE_ENVIRONMENT=Development RateLimiting__Enabled=false Email__PickupFolder="$work/outbox"
export ConnectionStrings__CleanUsers="Host=127.0.0.1:25431,127.0.0.1:25432,127.0.0.1:25433;Database=postgres;Username=postgres"
dotnet "$work/app/CleanUsers.WebApi.dll" migrate
for port in 25081 25082; do
  dotnet "$work/app/CleanUsers.WebApi.dll" --urls "http://127.0.0.1:$port" >"$work/service$port.log" 2>&1 &
done
cat >"$work/haproxy.cfg" <<CFG
defaults
    mode http
    timeout connect 1s
    timeout client 60s
    timeout server 60s
    option redispatch 1
    retry-on conn-failure
frontend clients
    bind 127.0.0.1:25080
    default_backend replicas
backend replicas
    option httpchk GET /health/ready
    timeout check 2s
    default-server check inter 500ms fall 2 rise 1
    server one 127.0.0.1:25081
    server two 127.0.0.1:25082
CFG
haproxy -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
api=http://127.0.0.1:25080/api/v1/users
until_true 60 curl -sf http://127.0.0.1:25080/health/ready

write() { # writes until the file "stop" is there: a line "ID EMAIL TIME" for each acknowledged user
  local i=0 status
  while [ ! -f "$work/stop" ]; do
    i=$((i + 1))
    until status=$(curl -s -m 40 -o "$work/body" -w '%{http_code}' -H "Idempotency-Key: patroni-$i" --json "{\"email\":\"p$i@example.org\"}" "$api") \
      && [ "$status" = 201 ]; do
      [ "$status" = 503 ] || [ "$status" = 409 ] || [ "$status" = 502 ] || [ "$status" = 000 ] || { echo "$status" >"$work/unexpected"; return; }
      sleep 0.1
    done
    echo "$(jq .id "$work/body") p$i@example.org $(date +%s)" >>"$work/acknowledged"
  done
}
write &
writer=$!
sleep 10
old=$(leader)
killed=$(date +%s)
pkill -KILL -f "patroni $work/$old.yml"
kill -KILL "$(head -n 1 "$work/$old/data/postmaster.pid")"
sleep 1
until_true 90 has_leader
new=$(leader)
writes_again() { [ "$(tail -n 1 "$work/acknowledged" | cut -d' ' -f3)" -gt "$promoted" ]; }
promoted=$(date +%s)
until_true 30 writes_again
echo "node$old was killed; Patroni promoted node$new $((promoted - killed)) s later, and writes were acknowledged again $(($(tail -n 1 "$work/acknowledged" | cut -d' ' -f3) - promoted)) s after that"
node "$old"
until_true 90 has_standbys 2
sleep 5
touch "$work/stop"
wait $writer
[ ! -f "$work/unexpected" ] || fail "a create ended with $(cat "$work/unexpected")"

lost=0
while read -r id email _; do
  [ "$(curl -s "$api/$id" | jq -r .email)" = "$email" ] || lost=$((lost + 1))
done <"$work/acknowledged"
acknowledged=$(wc -l <"$work/acknowledged")
total=$(curl -s "$api?pageSize=1&includeTotal=true" | jq .totalCount)
[ "$lost" = 0 ] && [ "$total" = "$acknowledged" ] || fail "$acknowledged acknowledged, $lost of them lost, $total users"
echo "$acknowledged users acknowledged, 0 lost, 0 doubled; node$old follows node$new"
