#!/bin/sh
# Does this binary start, serve, reload, drain and end? deploy/smoke.sh BINARY
set -eu
binary=${1:?usage: deploy/smoke.sh BINARY}
folder=$(mktemp -d)
gateway=""
finish() {
    trap - EXIT
    [ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true
    rm -r "$folder"
}
trap finish EXIT

fail() {
    echo "smoke: $1" >&2
    cat "$folder/log" >&2 2>/dev/null || true
    exit 1
}

# expect STATUS URL [CURL OPTION ...]
expect() {
    wanted=$1
    shift
    found=$(curl -s -o "$folder/body" -w '%{http_code}' --max-time 5 "$@") || true
    [ "$found" = "$wanted" ] || fail "$* answered $found, not $wanted"
}

cat >"$folder/api.json" <<'JSON'
{
  "openapi": "3.0.3",
  "info": {"title": "smoke", "version": "1"},
  "paths": {"/smoke": {"get": {
    "responses": {"200": {"description": "ok"}},
    "x-amazon-apigateway-integration": {
      "type": "mock",
      "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
      "responses": {"default": {"statusCode": "200",
        "responseTemplates": {"application/json": "{\"message\": \"works\"}"}}}
    }
  }}}
}
JSON

# High ports, apart from those that people use by hand.
listen=127.0.0.1:$((20000 + $$ % 10000)) admin=127.0.0.1:$((30000 + $$ % 10000))
"$binary" --version >/dev/null || fail "--version failed"
"$binary" validate "$folder/api.json" >"$folder/log" 2>&1 || fail "validate refused a sound file"
"$binary" serve "$folder/api.json" --listen "$listen" --admin "$admin" --workers 1 >"$folder/log" 2>&1 &
gateway=$!
tries=0
until curl -sf -o /dev/null "http://$admin/-/ready"; do
    kill -0 "$gateway" 2>/dev/null || fail "the gateway ended at once"
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "the gateway does not get ready"
    sleep 0.1
done

expect 200 "http://$listen/smoke"
grep -q works "$folder/body" || fail "the answer is not the definition's"
expect 403 "http://$listen/nothing-here"
expect 200 --http2-prior-knowledge "http://$listen/smoke"
expect 200 "http://$admin/metrics"
kill -HUP "$gateway"
expect 200 "http://$listen/smoke"
kill -TERM "$gateway"
wait "$gateway" || fail "SIGTERM ended it with $?"
gateway=""
echo "smoke: fine"
