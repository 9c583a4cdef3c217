"""How does each public client ask, and what does it get?"""

import json
import shutil
import subprocess
from dataclasses import dataclass

import httpx
import requests


@dataclass
class Answer:
    """What a client saw."""

    status: int
    fields: dict
    body: bytes
    version: str

    def json(self):
        return json.loads(self.body)


def curl(gateway, verb, path, fields, body, *options, secure=False):
    url = (gateway.https if secure else gateway.http) + path
    command = ["curl", "--silent", "--show-error", "--include", "--path-as-is", *options]
    command += ["--head"] if verb == "HEAD" else ["--request", verb]
    command += ["--cacert", str(gateway.ca)] if secure else []
    for name, value in fields.items():
        command += ["--header", f"{name}: {value}"]
    if body is not None:
        command += ["--data-binary", "@-"]
    done = subprocess.run(command + [url], input=body, capture_output=True, timeout=30, check=True)
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    while b" 100 " in head.split(b"\r\n")[0]:
        head, _, content = content.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    version, status = line.split(" ")[:2]
    seen = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    return Answer(int(status), seen, content, version)


def curl_http1(gateway, verb, path, fields, body):
    return curl(gateway, verb, path, fields, body, "--http1.1")


def curl_http1_tls(gateway, verb, path, fields, body):
    return curl(gateway, verb, path, fields, body, "--http1.1", secure=True)


def curl_http2(gateway, verb, path, fields, body):
    return curl(gateway, verb, path, fields, body, "--http2", secure=True)


def curl_http2_prior_knowledge(gateway, verb, path, fields, body):
    return curl(gateway, verb, path, fields, body, "--http2-prior-knowledge")


def with_requests(gateway, verb, path, fields, body):
    answer = requests.request(verb, gateway.http + path, headers=fields, data=body, timeout=30,
                              allow_redirects=False)
    return Answer(answer.status_code, lower(answer.headers), answer.content, "HTTP/1.1")


def with_httpx(http2):
    def ask(gateway, verb, path, fields, body):
        import ssl
        context = ssl.create_default_context(cafile=gateway.ca)
        with httpx.Client(http2=http2, verify=context, timeout=30) as client:
            answer = client.request(verb, gateway.https + path, headers=fields, content=body)
        return Answer(answer.status_code, lower(answer.headers), answer.content, answer.http_version)
    return ask


def lower(fields):
    return {name.lower(): value for name, value in fields.items()}


CLIENTS = {
    "curl-http1": curl_http1,
    "curl-http1-tls": curl_http1_tls,
    "curl-http2": curl_http2,
    "curl-http2-prior-knowledge": curl_http2_prior_knowledge,
    "requests": with_requests,
    "httpx-http1": with_httpx(False),
    "httpx-http2": with_httpx(True),
}

if shutil.which("curl") is None:
    CLIENTS = {name: ask for name, ask in CLIENTS.items() if not name.startswith("curl")}
