"""What do these tests stand on: a real origin, and the gateway in front of it?"""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "deploy" / "samples"
START_SECONDS_MAX = 20


class Echo(BaseHTTPRequestHandler):
    """Answers every request with what it was, as JSON; remembers the requests."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
        body = self.read_chunks() if chunked else self.rfile.read(length)
        seen = {
            "verb": self.command,
            "target": self.path,
            "fields": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("latin-1"),
        }
        self.server.seen.append(seen)
        content = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def read_chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_):
        """Says nothing."""


class Origin(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Echo)
        self.seen = []
        self.address = f"127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Gateway:
    """A running `tollgate serve` with a plain and a TLS address."""

    def __init__(self, definition, directory, origin):
        directory.mkdir(parents=True, exist_ok=True)
        text = definition.read_text()
        text = text.replace("origin.test", origin.address).replace("127.0.0.1:8081", origin.address)
        (directory / definition.name).write_text(text)
        self.ca = directory / "chain.pem"
        make_certificate(directory)
        driver = os.environ.get("TOLLGATE_TEST_DRIVER", "auto")
        self.log = directory / "log"
        command = [
            binary(), "serve", definition.name, "--listen", "127.0.0.1:0",
            "--listen", "tls://127.0.0.1:0?cert=chain.pem&key=key.pem", "--admin", "127.0.0.1:0",
            "--workers", "1", "--driver", driver, "--log-format", "json",
        ]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=directory, stderr=log)
        line = self.started()
        self.http = re.search(r"http://127\.0\.0\.1:\d+", line)[0]
        self.https = re.search(r"https://127\.0\.0\.1:\d+", line)[0].replace("127.0.0.1", "localhost")

    def started(self):
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until and self.process.poll() is None:
            for line in self.log.read_text().splitlines():
                if '"serving"' in line:
                    return line
            time.sleep(0.01)
        raise RuntimeError(self.log.read_text())

    def stop(self):
        self.process.kill()
        self.process.wait()


def binary():
    path = os.environ.get("TOLLGATE_BINARY") or ROOT / "target" / "debug" / "tollgate"
    if not Path(path).exists():
        pytest.exit(f"{path} is not there: run `cargo build -p tollgate` or set TOLLGATE_BINARY", 2)
    return str(path)


def make_certificate(directory):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", "key.pem", "-out", "chain.pem", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="session")
def origin():
    origin = Origin()
    yield origin
    origin.shutdown()


@pytest.fixture(scope="session")
def gateway_of(origin, tmp_path_factory):
    """Gives the gateway that serves a sample; each is started once."""
    running = {}

    def start(name):
        if name not in running:
            running[name] = Gateway(SAMPLES / name, tmp_path_factory.mktemp(Path(name).stem), origin)
        return running[name]

    yield start
    for gateway in running.values():
        gateway.stop()


def has(program):
    """Whether a public client is installed."""
    return shutil.which(program) is not None
