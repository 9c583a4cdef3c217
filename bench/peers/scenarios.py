"""What is asked of each target, by which generator, and what came of it?"""

import json
import re
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass, field

from processes import pin, require


# A generator that hangs must not take its core for ever, least of all with real-time priority.
GENERATOR_SECONDS_MAX = 60


@dataclass
class Scenario:
    """One comparison: its targets are started together and measured in turns."""

    name: str
    title: str
    targets: list
    path: str = "/plain"
    generator: str = "wrk"
    connections: int = 64
    tls: bool = False
    expect_bytes: int = 128
    origin: str = "plain"
    reference: str = "nginx"
    quick: bool = False
    options: dict = field(default_factory=dict)

    @property
    def is_realtime(self):
        """Latencies are measured with SCHED_FIFO: a neighbour's time slice is longer than any of them.

        Nothing else is: on one core a generator that spins would never let the target run.
        """
        return self.generator == "open"


ALL = ["relay", "tollgate", "nginx", "haproxy", "pingora"]
PROXIES = ALL[1:]

SCENARIOS = [
    Scenario("plain", "HTTP/1.1 proxy, 128 B, 64 connections", ALL, quick=True),
    Scenario("epoll", "the same on the epoll driver", ["relay-epoll", "tollgate-epoll", "nginx"]),
    Scenario("log", "the same with an access log of 12 JSON fields",
             ["tollgate", "tollgate-log", "nginx", "nginx-log"]),
    Scenario("c1000", "HTTP/1.1 proxy, 128 B, 1,000 connections", ALL, connections=1000),
    Scenario("body64k", "HTTP/1.1 proxy, 64 KiB bodies, 64 connections", ALL, path="/bytes/65536",
             expect_bytes=65536, origin="scripted", quick=True),
    Scenario("mock", "static answer (nginx: return 200), 128 B", PROXIES, path="/mock", quick=True),
    Scenario("tls", "TLS 1.3 keep-alive proxy, 128 B, 64 connections", PROXIES, tls=True, quick=True),
    Scenario("handshake", "TLS 1.3 full handshake, one request, close", PROXIES, tls=True,
             generator="handshakes", connections=16, quick=True),
    Scenario("h2", "HTTP/2 over TLS proxy, 128 B, 16 connections × 8 streams", PROXIES, tls=True,
             generator="h2load", connections=16, options={"streams": 8}, quick=True),
    Scenario("latency", "open loop, 10,000 requests/s, 64 connections, two cores", ALL, generator="open",
             options={"rate": 10000}),
    Scenario("idle", "memory of 10,000 idle connections", PROXIES, generator="idle", connections=10000),
    Scenario("idle-tls", "memory of 2,000 idle TLS connections", PROXIES, generator="idle", tls=True,
             connections=2000),
]


def check(scenario, port):
    """Asks once and raises unless status and size are as they should be."""
    curl = require("curl", "curl")
    wanted = "2" if scenario.generator == "h2load" else "1.1"
    command = [curl, "-sk", "-o", "/dev/null", "-w", "%{http_code} %{size_download} %{http_version}",
               "--http2" if wanted == "2" else "--http1.1", url(scenario, port)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.split()
    expected = ["200", str(scenario.expect_bytes), wanted]
    if found != expected:
        raise RuntimeError(f"answered {found}, not {expected}")


def url(scenario, port):
    return f"{'https' if scenario.tls else 'http'}://127.0.0.1:{port}{scenario.path}"


def drive(scenario, port, seconds, binaries):
    """Runs the generator once; gives {"requests", "errors", "rps", …}."""
    return GENERATORS[scenario.generator](scenario, port, seconds, binaries)


def run_pinned(command, core, is_realtime=False):
    done = subprocess.run(command, capture_output=True, text=True, timeout=GENERATOR_SECONDS_MAX,
                          preexec_fn=lambda: pin(core, is_realtime))
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-500:]}")
    return done.stdout


def wrk(scenario, port, seconds, _binaries):
    text = run_pinned([require("wrk", "wrk"), "-t1", f"-c{scenario.connections}", f"-d{seconds}s",
                       "--latency", "--timeout", "10s", url(scenario, port)], 0)
    errors = sum(int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", text))
    unexpected = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return {
        "requests": int(re.search(r"(\d+) requests in", text)[1]),
        "rps": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        "errors": errors + (int(unexpected[1]) if unexpected else 0),
    }


def h2load(scenario, port, seconds, _binaries):
    text = run_pinned([require("h2load", "nghttp2-client"), "-t1", f"-c{scenario.connections}",
                       f"-m{scenario.options['streams']}", f"-D{seconds}", url(scenario, port)], 0)
    counts = re.search(r"requests: .*? (\d+) succeeded, (\d+) failed, (\d+) errored", text)
    return {
        "requests": int(counts[1]), "errors": int(counts[2]) + int(counts[3]),
        "rps": float(re.search(r"([\d.]+) req/s", text)[1]),
    }


def own(scenario, port, binaries, core, options):
    command = [binaries["loadtest"], "run", url(scenario, port), "-c", str(scenario.connections),
               "--insecure", "--quiet", "--json", "-"] + options
    report = json.loads(run_pinned(command, core, scenario.is_realtime))
    latency = report["latency_us"]
    return {
        "requests": report["completed"], "errors": report["failures"] + report["status_errors"],
        "rps": report["rps"], "p50_us": latency["p50"], "p99_us": latency["p99"],
        "p999_us": latency["p99.9"], "warnings": report["warnings"],
    }


def handshakes(scenario, port, seconds, binaries):
    # Without resumption: the generator keeps no sessions unless asked to.
    return own(scenario, port, binaries, 0,
               ["--closed", "--duration", f"{seconds}s", "--requests-per-connection", "1"])


def open_loop(scenario, port, seconds, binaries):
    # On a core of its own: a generator that shares the target's would measure itself.
    return own(scenario, port, binaries, 1,
               ["--rate", str(scenario.options["rate"]), "--duration", f"{seconds}s", "--warmup", "500ms"])


GENERATORS = {"wrk": wrk, "h2load": h2load, "handshakes": handshakes, "open": open_loop}


def hold_idle(scenario, port, process):
    """Opens the connections, one request on each, and compares memory before and after."""
    time.sleep(1)
    before = process.pss()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = f"GET {scenario.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    held = []
    try:
        for _ in range(scenario.connections):
            connection = socket.create_connection(("127.0.0.1", port), timeout=20)
            if scenario.tls:
                connection = context.wrap_socket(connection)
            connection.sendall(request)
            read_answer(connection)
            held.append(connection)
        # Whoever gives buffers back after a while gets the while.
        time.sleep(8)
        after = process.pss()
    finally:
        for connection in held:
            connection.close()
    return {"before": before, "after": after, "per_connection": (after - before) / scenario.connections}


def read_answer(connection):
    found = b""
    while b"\r\n\r\n" not in found:
        piece = connection.recv(4096)
        if not piece:
            raise RuntimeError("the connection ended before its answer")
        found += piece
    head, _, body = found.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head.lower())
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0:
        missing -= len(connection.recv(65536))
