#!/usr/bin/env bash
# Checks deploy/prometheus with promtool, then runs Prometheus with it over the service on PostgreSQL: every metric and label of the alerts and of the dashboard
# is there, and a service that is stopped is reported.
# Needs the .NET SDK, Prometheus, Python 3 and an installation of PostgreSQL; ends with 0 where everything holds.
set -euo pipefail
cd "$(dirname "$0")"

promtool check config ../../deploy/prometheus/prometheus.yml
promtool test rules alerts.test.yml

work=$(mktemp -d)
chmod 755 "$work"
pg=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
pg_port=${PGPORT:-5486} port=${PORT:-5086}
service= prometheus=
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
clean() {
  kill $service $prometheus 2>/dev/null || true
  wait
  [ ! -f "$work/pg/data/postmaster.pid" ] || as_postgres "$pg/pg_ctl" stop -w -m immediate -D "$work/pg/data" >/dev/null
  rm -rf "$work"
}
trap clean EXIT
until_true() { for _ in $(seq 300); do ! "$@" || return 0; sleep 0.2; done; echo "NOT ok: $*" >&2; exit 1; }

dotnet build ../../WebApi --configuration Release --output "$work/app" --verbosity quiet --nologo >/dev/null
mkdir "$work/pg"
[ "$(id -u)" != 0 ] || chown postgres "$work/pg"
as_postgres "$pg/initdb" -D "$work/pg/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
as_postgres "$pg/pg_ctl" start -w -D "$work/pg/data" -l "$work/pg/log" \
  -o "-c listen_addresses=127.0.0.1 -c port=$pg_port -c unix_socket_directories=''" >/dev/null
export Database__Provider=PostgreSql ConnectionStrings__CleanUsers="Host=127.0.0.1;Port=$pg_port;Username=postgres;Database=cleanusers;Maximum Pool Size=1"
export Database__MigrateOnStartup=true Authentication__AllowAnonymous=true Metrics__Port=$((port + 1)) Email__PickupFolder="$work/outbox"
PORT=$port dotnet "$work/app/CleanUsers.WebApi.dll" >"$work/log" 2>&1 &
service=$!
until_true curl -sf -o "$work/body" "http://127.0.0.1:$port/health/ready"
for body in '{"email":"ada@example.org"}' '{"email":"ada@example.org"}'; do curl -s --json "$body" "http://127.0.0.1:$port/api/v1/users" >/dev/null; done
# more at once than the pool has connections: Npgsql has its metric of waiting requests from the first one on
curl -s --no-progress-meter --parallel --parallel-immediate --parallel-max 50 -o /dev/null "http://127.0.0.1:$port/api/v1/users?pageSize=[1-200]"
curl -s --json '{"url":"https://webhooks.invalid/"}' "http://127.0.0.1:$port/api/v1/webhooks" >/dev/null

# the name that compose.yaml's network resolves is this process here, and a second is enough between two scrapes
mkdir "$work/prometheus"
cp ../../deploy/prometheus/alerts.yml "$work/prometheus"
sed "s/ 15s/ 1s/; s/dns_sd_configs:.*/static_configs:/; s/- { names: .*/- targets: [\"127.0.0.1:$Metrics__Port\"]/" \
  ../../deploy/prometheus/prometheus.yml >"$work/prometheus/prometheus.yml"
prometheus --config.file="$work/prometheus/prometheus.yml" --storage.tsdb.path="$work/prometheus/data" --web.listen-address="127.0.0.1:$((port + 2))" \
  >"$work/prometheus/log" 2>&1 &
prometheus=$!
api=http://127.0.0.1:$((port + 2))/api/v1
value() { curl -s "$api/query" --data-urlencode "query=$1" | grep -q '"value":'; }
until_true value 'up{job="cleanusers"} == 1'
until_true value 'cleanusers_webhooks_lag_seconds'
until_true value 'cleanusers_emails_waiting'

curl -sf "$api/label/__name__/values" >"$work/metrics"
curl -sf "$api/labels" >"$work/labels"
python3 - "$work/metrics" "$work/labels" ../../deploy/prometheus/alerts.yml ../../deploy/grafana/cleanusers.json <<'PYTHON'
import json, re, sys
metrics, labels = (set(json.load(open(file))["data"]) for file in sys.argv[1:3])
dashboard = json.dumps([re.sub(r"\$\w+", "", text) for text in re.findall(r'"(?:expr|query)": "((?:[^"\\]|\\.)*)"', open(sys.argv[4]).read())])
for source, text in (("alerts.yml", "".join(re.findall(r"expr:(.*?)\n *(?:for|annotations)", open(sys.argv[3]).read(), re.S))), ("dashboard", dashboard)):
    names = set(re.findall(r"(?<![$\w])[a-z]+(?:_[a-z]+)+", text)) - {"histogram_quantile", "label_values"}
    missing = names - metrics - labels
    assert names and not missing, f"NOT ok: {source}: Prometheus has no {sorted(missing)}"
    print(f"ok: {source}: all {len(names)} metrics and labels are there")
PYTHON

kill $service
wait $service
service=
until_true value 'ALERTS{alertname="CleanUsersDown", alertstate="pending"}'
echo "ok: a service that is stopped is reported"
echo "deploy/prometheus and deploy/grafana: everything holds."
