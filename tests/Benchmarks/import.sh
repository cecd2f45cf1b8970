#!/usr/bin/env bash
# What importing users costs, against the database's own bulk path into the same indexed tables, in turn: rows a second, the ratio of the two and
# the peak of resident memory. Then an export, its memory, and whether it is the same again after an import of it.
#
#   tests/Benchmarks/import.sh [USERS] [ROUNDS]     1,000,000 users and the best of 2 rounds by default
#
# Needs sqlite3, and an installation of PostgreSQL, of which it starts a server of its own with PostgreSQL's own settings. SQLite's .import can't
# fill a table with a generated column: there the other side's table has a plain one, in the same indexes.
set -euo pipefail
cd "$(dirname "$0")/../.."
users=${1:-1000000} rounds=${2:-2}
work=$(mktemp -d)
chmod 755 "$work"
pg=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
clean() { [ ! -f "$work/pg/data/postmaster.pid" ] || as_postgres "$pg/pg_ctl" stop -m immediate -D "$work/pg/data" >/dev/null; rm -rf "$work"; }
trap clean EXIT

dotnet build -c Release WebApi -o "$work/bin" >/dev/null
dotnet run -c Release --project tests/Benchmarks -- people "$users" > "$work/people.ndjson"

# runs a command, and leaves its seconds and the peak of its resident memory in $seconds and $peak
measure() {
  local started ended pid last status=0
  started=$(date +%s%N) peak=0 last=0
  "$@" >"$work/out" 2>"$work/err" &
  pid=$!
  while kill -0 $pid 2>/dev/null; do
    peak=$(awk '/VmHWM/ {print int($2 / 1024)}' /proc/$pid/status 2>/dev/null || true) && [ -n "$peak" ] && last=$peak
    sleep 0.05
  done
  wait $pid || status=$?
  ended=$(date +%s%N) peak=$last seconds=$(awk "BEGIN {print ($ended - $started) / 1e9}")
  [ $status = 0 ] || { tail -n 5 "$work/err" >&2; exit 1; }
}
best() { awk "BEGIN {print ($1 == 0 || $2 < $1) ? $2 : $1}"; }
most() { awk "BEGIN {print ($1 > $2) ? $1 : $2}"; }
report() { # database, the other's name, its seconds, our seconds, our peak
  awk "BEGIN {printf \"%-10s %-8s %7.0f users/s   import %7.0f users/s   ratio %.2f   peak %d MB\n\", \"$1\", \"$2\", $users / $3, $users / $4, $3 / $4, $5}"
}

# the program on a database; takes the place of the shell that calls it
sqlite() { export ConnectionStrings__CleanUsers="Data Source=$work/$1.db"; shift; exec dotnet "$work/bin/CleanUsers.WebApi.dll" "$@"; }
sqlite_import() { sqlite ours users import "$work/people.ndjson"; }
sqlite_bulk() {
  exec sqlite3 "$work/theirs.db" 'PRAGMA foreign_keys = ON' 'PRAGMA synchronous = FULL' BEGIN \
    ".import --csv $work/users.csv Users" ".import --csv $work/words.csv UserWords" ".import --csv $work/changes.csv UserChanges" COMMIT
}

ours=0 theirs=0 memory=0
for ((round = 1; round <= rounds; round++)); do
  rm -f "$work"/ours.db*
  (sqlite ours migrate) >/dev/null
  measure sqlite_import
  ours=$(best $ours "$seconds") memory=$(most $memory "$peak")
  if [ $round = 1 ]; then
    sqlite3 -csv "$work/ours.db" 'SELECT "Id", "Email", "EmailKey", "Name", "SortName", "SearchText", "Age", "Role", "Status", "CreatedAt", "CreatedBy", "UpdatedAt", "UpdatedBy", "Version", "Id" FROM "Users" ORDER BY "Id"' > "$work/users.csv"
    sqlite3 -csv "$work/ours.db" 'SELECT "Word", "UserId" FROM "UserWords" ORDER BY "Word"' > "$work/words.csv"
    sqlite3 -csv "$work/ours.db" 'SELECT * FROM "UserChanges" ORDER BY "UserId"' > "$work/changes.csv"
  fi
  rm -f "$work"/theirs.db*
  { echo 'PRAGMA journal_mode = WAL;'
    sqlite3 "$work/ours.db" .schema | sed '/sqlite_sequence/d; /"IdInOrders" AS/d; s/^    "DeletedBy" TEXT NULL,$/    "DeletedBy" TEXT NULL/; s/^    "DeletedAt" INTEGER NULL,$/    "IdInOrders" INTEGER NOT NULL,\n&/'
  } | sqlite3 "$work/theirs.db" >/dev/null
  measure sqlite_bulk
  theirs=$(best $theirs "$seconds")
  count='SELECT (SELECT COUNT(*) FROM "Users" WHERE "DeletedAt" IS NULL), (SELECT COUNT(*) FROM "UserWords"), (SELECT COUNT(*) FROM "UserChanges")'
  [ "$(sqlite3 "$work/ours.db" "$count")" = "$(sqlite3 "$work/theirs.db" "$count")" ] || { echo 'The two sides differ.' >&2; exit 1; }
done
report SQLite .import "$theirs" "$ours" "$memory"
rm -f "$work"/theirs.db* "$work"/*.csv

if [ -n "$pg" ]; then
  mkdir "$work/pg"
  [ "$(id -u)" != 0 ] || chown postgres "$work/pg"
  port=$(awk 'BEGIN {srand(); print int(20000 + 20000 * rand())}')
  as_postgres "$pg/initdb" -D "$work/pg/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
  as_postgres "$pg/pg_ctl" start -w -D "$work/pg/data" -l "$work/pg/log" -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=''" >/dev/null
  export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres
  postgresql() {
    export Database__Provider=PostgreSql ConnectionStrings__CleanUsers="Host=127.0.0.1;Port=$port;Username=postgres;Database=$1"
    shift
    exec dotnet "$work/bin/CleanUsers.WebApi.dll" "$@"
  }
  postgresql_import() { postgresql ours users import "$work/people.ndjson"; }
  columns='"Id", "Email", "EmailKey", "Name", "SortName", "SearchText", "Age", "Role", "Status", "CreatedAt", "CreatedBy", "UpdatedAt", "UpdatedBy", "Version"'
  postgresql_bulk() {
    exec psql -q -v ON_ERROR_STOP=1 theirs -c BEGIN -c "\\copy \"Users\" ($columns) FROM $work/users.copy" \
      -c "\\copy \"UserWords\" (\"Word\", \"UserId\") FROM $work/words.copy" -c "\\copy \"UserChanges\" FROM $work/changes.copy" -c COMMIT
  }

  ours=0 theirs=0 memory=0
  for ((round = 1; round <= rounds; round++)); do
    for database in ours theirs; do
      psql -q -c "DROP DATABASE IF EXISTS $database" -c "CREATE DATABASE $database" postgres 2>/dev/null
      (postgresql $database migrate) >/dev/null
    done
    psql -q -c CHECKPOINT postgres
    measure postgresql_import
    ours=$(best $ours "$seconds") memory=$(most $memory "$peak")
    if [ $round = 1 ]; then
      psql -q ours -c "\\copy (SELECT $columns FROM \"Users\" ORDER BY \"Id\") TO $work/users.copy"
      psql -q ours -c "\\copy (SELECT \"Word\", \"UserId\" FROM \"UserWords\" ORDER BY \"Word\") TO $work/words.copy"
      psql -q ours -c "\\copy (SELECT * FROM \"UserChanges\" ORDER BY \"UserId\") TO $work/changes.copy"
    fi
    psql -q -c CHECKPOINT postgres
    measure postgresql_bulk
    theirs=$(best $theirs "$seconds")
    count='SELECT (SELECT COUNT(*) FROM "Users"), (SELECT COUNT(*) FROM "UserWords"), (SELECT COUNT(*) FROM "UserChanges")'
    [ "$(psql -At ours -c "$count")" = "$(psql -At theirs -c "$count")" ] || { echo 'The two sides differ.' >&2; exit 1; }
  done
  report PostgreSQL COPY "$theirs" "$ours" "$memory"
  psql -q -c "DROP DATABASE theirs" postgres
fi

for name in SQLite PostgreSQL; do
  run=$(tr '[:upper:]' '[:lower:]' <<<$name)
  declare -F "$run" >/dev/null || continue
  few() { "$run" ours users export --email missing@example.org --output "$work/none.ndjson"; }
  all() { "$run" ours users export --output "$work/$run.ndjson"; }
  measure few
  before=$peak
  measure all
  awk "BEGIN {printf \"%-10s export %7.0f users/s   peak %d MB, %d MB more than an empty export\n\", \"$name\", $users / $seconds, $peak, $peak - $before}"
done

(sqlite again users import "$work/sqlite.ndjson") >/dev/null
(sqlite again users export --output "$work/again.ndjson")
cmp "$work/sqlite.ndjson" "$work/again.ndjson" && echo "exported, imported and exported again: the same bytes"
