#!/usr/bin/env bash
# Drills of the backups in docs/deployment.md, with its commands: VACUUM INTO and .backup of SQLite, pg_dump and recovery to a point in time of PostgreSQL.
# Each drill fills a database, follows the feed, takes a backup while the service runs, writes more, restores, and then checks that users, recycle bin
# and the feed are those of the backup, that a reader from before the backup goes on, and that a reader from after it gets 410.
# Needs the .NET SDK, sqlite3 and an installation of PostgreSQL, of which it starts a server of its own; ends with 0 where everything holds.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
chmod 755 "$work"
pg=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
port=${PORT:-5083} pg_port=${PGPORT:-5483}
api=http://127.0.0.1:$port/api/v1
service=
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
stop_postgresql() { [ ! -f "$work/pg/data/postmaster.pid" ] || as_postgres "$pg/pg_ctl" stop -w -m fast -D "$work/pg/data" >/dev/null; }
clean() {
  kill $service 2>/dev/null || true
  wait $service 2>/dev/null || true
  stop_postgresql
  rm -rf "$work"
}
trap clean EXIT

dotnet build WebApi --configuration Release --output "$work/app" --verbosity quiet --nologo >/dev/null
export Logging__LogLevel__Default=Warning Email__PickupFolder="$work/outbox"
cleanusers() { dotnet "$work/app/CleanUsers.WebApi.dll" "$@"; }
migrate() { ConnectionStrings__CleanUsers=${owner:-$ConnectionStrings__CleanUsers} cleanusers migrate; }

fail() { echo "NOT ok: $drill: $1" >&2; [ ! -f "$work/log" ] || tail -n 20 "$work/log" >&2; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }
same() { cmp -s "$2" "$3" || { diff "$2" "$3" | head -n 5 >&2; fail "$1 differ"; }; }

serve() {
  ASPNETCORE_ENVIRONMENT=Development RateLimiting__Enabled=false Database__MigrateOnStartup=false \
    dotnet "$work/app/CleanUsers.WebApi.dll" --urls "http://127.0.0.1:$port" >"$work/log" 2>&1 &
  service=$!
  for _ in $(seq 600); do
    ! curl -sf "http://127.0.0.1:$port/health/ready" >/dev/null || return 0
    sleep 0.1
  done
  fail "the service is not ready"
}
stop_service() { kill $service; wait $service || fail "the service ended with $?"; service=; }

status() { curl -s -o "$work/body" -w '%{http_code}' "$@"; }
add() { is "a new user" "$(status --json "{\"email\":\"$1\"}" "$api/users")" 201; }
change() { # ID: of a user
  is "a change" "$(status -X PATCH --json '{"name":"Ada King"}' "$api/users/$1")" 200
}
delete() { is "a deletion" "$(status -X DELETE "$api/users/$1")" 204; }
id_of() { curl -s "$api/users?email=$1" | grep -o '"id":[0-9]*' | cut -d: -f2; }

follow() { # FILE: with the place of the reader, which goes to the end of the feed
  cleanusers changes follow --cursor-file "$1" --until-end >>"$work/read"
}
state() { # FOLDER: what clients can see
  mkdir -p "$1"
  cleanusers users export --output "$1/users" 2>/dev/null
  curl -sf "$api/deleted-users?pageSize=200" >"$1/deleted-users"
  cleanusers changes follow --until-end >"$1/feed"
}
read_from() { # FILE: the status code of a reader who goes on there
  status "$api/changes?cursor=$(cat "$1")"
}
rejected() { # WHEN
  is "a reader from after the backup, $1" "$(read_from "$work/after")" 410
  grep -q '"type":"/problems/cursor-expired"' "$work/body" || fail "410 without its type"
}

# NAME, and the functions that make an empty database, prepare a backup, take it and restore it
drill() {
  drill=$1
  rm -rf "$work"/{before,after,read,was,restored,first.ndjson}
  $2
  awk 'BEGIN {for (i = 1; i <= 2000; i++) printf "{\"email\":\"user%d@example.org\",\"name\":\"User %d\"}\n", i, i}' >"$work/first.ndjson"
  cleanusers users import "$work/first.ndjson" >/dev/null 2>&1
  serve
  $3

  add ada@example.org
  change "$(id_of user7@example.org)"
  delete "$(id_of user8@example.org)"
  follow "$work/before"
  state "$work/was"
  $4

  for i in $(seq 20); do add "later$i@example.org"; done
  change "$(id_of user9@example.org)"
  delete "$(id_of ada@example.org)"
  follow "$work/after"
  is "a reader at the end, before the restore" "$(read_from "$work/after")" 200
  stop_service

  $5
  is "migrate" "$(migrate)" "The database is up to date."
  serve
  state "$work/restored"
  for part in users deleted-users feed; do same "$part" "$work/was/$part" "$work/restored/$part"; done
  is "a reader from before the backup" "$(read_from "$work/before")" 200
  rejected "at once"
  for i in $(seq 30); do add "again$i@example.org"; done # the feed is longer now than the reader has seen it
  rejected "when the feed is as long again"
  is "a reader from before the backup goes on with what came after it" "$(read_from "$work/before"; grep -o again1@ "$work/body")" "200again1@"
  stop_service
  echo "ok: $drill: $(wc -l <"$work/restored/users") users, $(wc -l <"$work/restored/feed") changes restored; readers from after the backup get 410"
}

# SQLite

sqlite_new() {
  mkdir -p "$work/data"
  export Database__Provider=Sqlite ConnectionStrings__CleanUsers="Data Source=$work/data/cleanusers.db"
  rm -f "$work"/data/*
  migrate >/dev/null
}
sqlite_vacuum() { sqlite3 "$work/data/cleanusers.db" "VACUUM INTO '$work/cleanusers.backup'"; }
sqlite_backup() { sqlite3 "$work/data/cleanusers.db" ".timeout 10000" ".backup '$work/cleanusers.backup'"; }
sqlite_restore() {
  is "the check of the copy" "$(sqlite3 "$work/cleanusers.backup" 'PRAGMA integrity_check')" ok
  rm -f "$work"/data/cleanusers.db{,-wal,-shm}
  cp "$work/cleanusers.backup" "$work/data/cleanusers.db"
  sqlite3 "$work/data/cleanusers.db" 'PRAGMA journal_mode = WAL' >/dev/null
  rm "$work/cleanusers.backup"
}
drill "SQLite, VACUUM INTO" sqlite_new : sqlite_vacuum sqlite_restore
drill "SQLite, .backup" sqlite_new : sqlite_backup sqlite_restore

# PostgreSQL, with an account that owns the tables and one that reads and writes them

start_postgresql() {
  as_postgres "$pg/pg_ctl" start -w -D "$work/pg/data" -l "$work/pg/log" \
    -o "-c listen_addresses=127.0.0.1 -c port=$pg_port -c unix_socket_directories=''" >/dev/null || { tail -n 20 "$work/pg/log" >&2; exit 1; }
}
connection() { echo "Host=127.0.0.1;Port=$pg_port;Database=cleanusers;Username=$1"; }
create_database() {
  psql -q -v ON_ERROR_STOP=1 -d postgres -c "CREATE DATABASE cleanusers OWNER cleanusers_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
  psql -q -v ON_ERROR_STOP=1 -d cleanusers <<'SQL'
ALTER DEFAULT PRIVILEGES FOR ROLE cleanusers_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cleanusers;
ALTER DEFAULT PRIVILEGES FOR ROLE cleanusers_owner GRANT USAGE ON SEQUENCES TO cleanusers;
SQL
}
postgresql_new() {
  rm -rf "$work/pg"
  mkdir "$work/pg"
  [ "$(id -u)" != 0 ] || chown postgres "$work/pg"
  as_postgres mkdir "$work/pg/archive" "$work/pg/backups"
  as_postgres "$pg/initdb" -D "$work/pg/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
  as_postgres tee -a "$work/pg/data/postgresql.conf" >/dev/null <<CONF
archive_mode = on
archive_command = 'test ! -f $work/pg/archive/%f && cp %p $work/pg/archive/%f'
CONF
  start_postgresql
  export PGHOST=127.0.0.1 PGPORT=$pg_port PGUSER=postgres Database__Provider=PostgreSql
  psql -q -v ON_ERROR_STOP=1 -d postgres -c "CREATE ROLE cleanusers_owner LOGIN" -c "CREATE ROLE cleanusers LOGIN"
  create_database
  owner=$(connection cleanusers_owner)
  export ConnectionStrings__CleanUsers
  ConnectionStrings__CleanUsers=$(connection cleanusers)
  migrate >/dev/null
}
postgresql_dump() { pg_dump --format=custom --file="$work/cleanusers.dump" --dbname=cleanusers; }
postgresql_restore() {
  psql -q -v ON_ERROR_STOP=1 -d postgres -c "DROP DATABASE cleanusers"
  create_database
  pg_restore --exit-on-error --single-transaction --dbname=cleanusers "$work/cleanusers.dump"
  psql -q -d cleanusers -c ANALYZE
}
drill "PostgreSQL, pg_dump and pg_restore" postgresql_new : postgresql_dump postgresql_restore
stop_postgresql

base_backup() { as_postgres "$pg/pg_basebackup" -h 127.0.0.1 -p "$pg_port" -U postgres --checkpoint=fast --pgdata="$work/pg/backups/base"; }
note_time() { # the mistake is made after it
  sleep 1
  point=$(psql -At -d postgres -c "SELECT now()")
  sleep 1
}
recover() {
  stop_postgresql
  as_postgres mv "$work/pg/data" "$work/pg/broken"
  as_postgres cp -a "$work/pg/backups/base" "$work/pg/data"
  as_postgres tee -a "$work/pg/data/postgresql.conf" >/dev/null <<CONF
restore_command = 'cp $work/pg/archive/%f %p'
recovery_target_time = '$point'
recovery_target_action = promote
CONF
  as_postgres touch "$work/pg/data/recovery.signal"
  start_postgresql
  for _ in $(seq 600); do
    [ "$(psql -At -d postgres -c 'SELECT pg_is_in_recovery()')" = t ] || break
    sleep 0.1
  done
}
drill "PostgreSQL, recovery to a point in time" postgresql_new base_backup note_time recover

echo "4 drills of 4 passed: each restored database has the users, the recycle bin and the feed of its backup, and readers from after it get 410."
