#!/usr/bin/env bash
# Runs deploy/nginx and deploy/haproxy before two processes of the service on one PostgreSQL, and checks what docs/deployment.md says of them: TLS, redirects,
# the client's address, sizes, the long poll, and that no request fails while each process is restarted under load, every one of LOADS times (1).
# Needs the .NET SDK, nginx, haproxy, curl, openssl, Python 3 and an installation of PostgreSQL; ends with 0 where everything holds.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
chmod 755 "$work"
pg=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
pg_port=${PGPORT:-5484}
declare -A process=()
proxy=
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
clean() {
  touch "$work/stop"
  kill $proxy "${process[@]}" 2>/dev/null || true
  wait
  [ ! -f "$work/pg/data/postmaster.pid" ] || as_postgres "$pg/pg_ctl" stop -w -m immediate -D "$work/pg/data" >/dev/null
  rm -rf "$work"
}
trap clean EXIT
is() { if [ "$2" = "$3" ]; then echo "ok: $name: $1"; else echo "NOT ok: $name: $1: '$2' instead of '$3'" >&2; exit 1; fi; }

dotnet build WebApi --configuration Release --output "$work/app" --verbosity quiet --nologo >/dev/null
mkdir "$work/pg"
[ "$(id -u)" != 0 ] || chown postgres "$work/pg"
as_postgres "$pg/initdb" -D "$work/pg/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
as_postgres "$pg/pg_ctl" start -w -D "$work/pg/data" -l "$work/pg/log" \
  -o "-c listen_addresses=127.0.0.1 -c port=$pg_port -c unix_socket_directories=''" >/dev/null
export Database__Provider=PostgreSql ConnectionStrings__CleanUsers="Host=127.0.0.1;Port=$pg_port;Username=postgres;Database=cleanusers"
export Authentication__AllowAnonymous=true Http__TrustedProxies=127.0.0.1/32 RateLimiting__PermitsPerSecond=1 RateLimiting__Burst=100000
export Logging__LogLevel__Default=Warning Email__PickupFolder="$work/outbox"
dotnet "$work/app/CleanUsers.WebApi.dll" migrate >/dev/null

start() { # PORT: of a process, and waits until it is ready, as the unit of systemd does
  PORT=$1 dotnet "$work/app/CleanUsers.WebApi.dll" >>"$work/log.$1" 2>&1 &
  process[$1]=$!
  curl --silent --fail --output /dev/null --retry 60 --retry-delay 1 --retry-all-errors "http://127.0.0.1:$1/health/ready"
}
stop() { kill "${process[$1]}"; wait "${process[$1]}"; }
start 18081
start 18082

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=users.example.org \
  -addext subjectAltName=DNS:users.example.org -keyout "$work/privkey.pem" -out "$work/fullchain.pem" 2>/dev/null
cat "$work/fullchain.pem" "$work/privkey.pem" >"$work/haproxy.pem"
on_ports_of_the_test() {
  sed "s/\b808\([12]\)\b/1808\1/g; s/\[::\]:/[::1]:/; s/listen \([0-9]\)/listen 127.0.0.1:\1/; s/bind :/bind 127.0.0.1:/; s/:80\b/:18080/; s/:443\b/:18443/
    s/8404/18404/; s#/etc/ssl/cleanusers/#$work/#; s#/run/cleanusers#$work/cleanusers#" "$1"
}
start_nginx() {
  on_ports_of_the_test deploy/nginx/cleanusers.conf >"$work/cleanusers.conf"
  cat >"$work/nginx.conf" <<NGINX
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.log;
events {}
http { access_log off; include $work/cleanusers.conf; }
NGINX
  nginx -q -c "$work/nginx.conf" -g "daemon off;" &
  proxy=$!
}
start_haproxy() {
  on_ports_of_the_test deploy/haproxy/haproxy.cfg >"$work/haproxy.cfg"
  haproxy -c -q -f "$work/haproxy.cfg"
  haproxy -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
  proxy=$!
}

restart() { stop "$1"; start "$1"; }
restart_haproxy() { # and waits until the checks have found it
  restart "$1"
  until curl --silent 'http://127.0.0.1:18404/;csv' | grep -q "^cleanusers,users${1: -1},.*,UP,"; do sleep 0.2; done
}
restart_nginx() { touch "$work/cleanusers.$1.down"; restart "$1"; rm "$work/cleanusers.$1.down"; } # as the unit of systemd does

curl=(curl --silent --cacert "$work/fullchain.pem" --connect-to users.example.org:443:127.0.0.1:18443 --connect-to users.example.org:80:127.0.0.1:18080)
users=https://users.example.org/api/v1/users
status() { "${curl[@]}" --output "$work/body" --write-out '%{http_code}' "$@"; }
header() { "${curl[@]}" --output "$work/body" --dump-header - "${@:2}" | tr -d '\r' | sed -n "s/^$1: //Ip"; }
left() { header RateLimit "$@" | sed 's/.*r=\([0-9]*\).*/\1/'; }

check() { # NAME
  name=$1
  "start_$name"
  "${curl[@]}" --fail --output /dev/null --retry 20 --retry-delay 1 --retry-all-errors https://users.example.org/health/ready

  is "HTTP leads to HTTPS, with method and body" "$(status --write-out '%{http_code} %{redirect_url}' "http://users.example.org/api/v1/users?q=a")" \
    "308 https://users.example.org/api/v1/users?q=a"
  is "HTTP/2 is spoken, and HSTS set" "$(status --write-out '%{http_code} %{http_version}' "$users") $(header Strict-Transport-Security "$users")" "200 2 max-age=31536000"
  is "Location leads to the user" "$("${curl[@]}" "https://users.example.org$(header Location --json "{\"email\":\"$name@example.org\"}" "$users")" |
    grep -o "\"email\":\"[^\"]*\"")" "\"email\":\"$name@example.org\""

  is "a client is limited by its own address, not by the proxy's or by what it sends as X-Forwarded-For" "$(own_bucket)" yes

  head -c 300000 /dev/zero | tr '\0' a >"$work/large"
  is "what is too large gets the service's error" "$(status --data-binary @"$work/large" -H 'Content-Type: application/json' "$users")$(
    grep -o '"type":"/problems/body-too-large"' "$work/body")" '413"type":"/problems/body-too-large"'
  is "a header of 7 KiB passes" "$(status -H "X-Long: $(head -c 7000 "$work/large")" "$users?pageSize=1")" 200
  cursor=$("${curl[@]}" 'https://users.example.org/api/v1/changes?cursor=now' | sed 's/.*"nextCursor":"\(.*\)"}/\1/')
  is "the long poll of 30 s ends with 200" "$(status "https://users.example.org/api/v1/changes?cursor=$cursor&wait=30")" 200

  for ((load = 1; load <= ${LOADS:-1}; load++)); do
    rm -f "$work/stop"
    python3 tests/Proxies/load.py 127.0.0.1:18443 8 "$work/stop" "$name$load" >"$work/load" &
    loader=$!
    sleep 3
    for port in 18081 18082; do "restart_$name" $port; done
    touch "$work/stop"
    wait $loader || { echo "NOT ok: $name: restarts under load: $(cat "$work/load")" >&2; exit 1; }
    echo "ok: $name: both processes restarted under load: $(cat "$work/load")"
  done

  stop 18081
  stop 18082
  sleep 2
  is "without a process, 503 in the service's form, with Retry-After" "$(header Retry-After "$users")$(grep -o '"code":"unavailable"' "$work/body")" '1"code":"unavailable"'
  start 18081
  start 18082
  kill $proxy
  wait $proxy || true
  proxy=
}
own_bucket() { # each process has its own buckets; that of 127.0.0.1 has lost 60 permits in both together before the other client comes
  local least=100000 left other=127.0.1.$((RANDOM % 250 + 2))
  for _ in $(seq 60); do left "$users/1" >/dev/null; done
  for i in $(seq 8); do
    left=$(left --interface "$other" -H "X-Forwarded-For: 192.0.2.$i" "$users/1")
    [ "$left" -ge "$least" ] || least=$left
  done
  if [ "$least" -ge 99990 ] && [ "$least" -lt 99999 ]; then echo yes; else echo "no: $least are left"; fi
}

check nginx
check haproxy
echo "nginx and haproxy: everything holds."
