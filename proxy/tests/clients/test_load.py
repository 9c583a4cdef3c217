"""Does h2load, a public load generator, see every request answered?"""

import re
import subprocess

import pytest

from conftest import has

KINDS = {
    "http1": (["--h1"], False),
    "http1-tls": (["--h1"], True),
    "http2-prior-knowledge": (["--max-concurrent-streams", "20"], False),
    "http2-tls": (["--max-concurrent-streams", "20"], True),
}


@pytest.mark.skipif(not has("h2load"), reason="h2load is not installed")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/hello", "/pets"])
def test_every_request_is_answered(gateway_of, kind, path):
    options, secure = KINDS[kind]
    gateway = gateway_of("hello.yaml")
    count = 4000 if path == "/hello" else 400
    url = (gateway.https if secure else gateway.http) + path
    command = ["h2load", "--requests", str(count), "--clients", "10", *options, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    line = re.search(r"requests: .*", done.stdout)[0]
    assert f"{count} succeeded, 0 failed, 0 errored, 0 timeout" in line, done.stdout
    assert f"status codes: {count} 2xx" in done.stdout, done.stdout
