#!/bin/sh
# Builds quickly and starts the sample origin and the gateway, says how to ask it, and ends both on Ctrl-C.
set -eu
cd "$(dirname "$0")/.."

# One by one: built together, each would get the features that the other asks of shared crates.
.ci/cargo build --profile quick --locked -p tollgate-loadtest
.ci/cargo build --profile quick --locked -p tollgate

logs=$(mktemp -d)
origin="" gateway=""
finish() {
    trap - EXIT INT TERM
    # By process id, and only those started here.
    for process in $gateway $origin; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -r "$logs"
}
trap 'finish' EXIT
trap 'finish; exit 0' INT TERM

fail() {
    echo "$1" >&2
    cat "$logs"/* >&2
    exit 1
}

target/quick/tollgate-loadtest origin --listen 127.0.0.1:8081 >"$logs/origin" 2>&1 &
origin=$!
target/quick/tollgate serve deploy/samples/hello.yaml >"$logs/gateway" 2>&1 &
gateway=$!

tries=0
until curl -sf -o /dev/null http://127.0.0.1:9080/-/ready && curl -sf -o /dev/null http://127.0.0.1:8081/; do
    kill -0 "$gateway" 2>/dev/null || fail "the gateway ended; is port 8080 or 9080 taken?"
    kill -0 "$origin" 2>/dev/null || fail "the sample origin ended; is port 8081 taken?"
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "the gateway does not get ready"
    sleep 0.1
done

cat "$logs/gateway"
cat <<'TEXT'

The gateway serves deploy/samples/hello.yaml in front of a sample origin on port 8081.
Health and metrics: http://127.0.0.1:9080/-/ready and /metrics. Ctrl-C ends both. Try:

    curl http://127.0.0.1:8080/hello
    curl http://127.0.0.1:8080/pets
TEXT
wait "$gateway" || true
