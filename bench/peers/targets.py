"""How is each proxy set up so that all of them do the same work?

Equal for all: one worker, no access log unless the target's name says so, keep-alive to the origin
over HTTP/1.1, TLS 1.3 without tickets or session cache, the same P-256 certificate, no compression.
"""

import json
import os

from processes import Process, free_port, require

MOCK_BODY = "x" * 128

NGINX = """
daemon off; pid {work}/nginx-{port}.pid; error_log {work}/nginx-{port}.err crit;
worker_processes 1; worker_rlimit_nofile 65536;
events {{ worker_connections 30000; }}
http {{
  access_log {log};
  log_format twelve escape=json '{{"requestId":"$request_id","ip":"$remote_addr","requestTime":"$time_local",'
    '"httpMethod":"$request_method","path":"$uri","protocol":"$server_protocol","status":"$status",'
    '"responseLength":"$body_bytes_sent","responseLatency":"$request_time",'
    '"integrationLatency":"$upstream_response_time","integrationStatus":"$upstream_status",'
    '"userAgent":"$http_user_agent"}}';
  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;
  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
  keepalive_requests 1000000000; keepalive_timeout 600s; http2_max_concurrent_streams 256;
  upstream origin {{ server 127.0.0.1:{origin}; keepalive 2048; keepalive_requests 1000000000; keepalive_timeout 600s; }}
  server {{
    listen 127.0.0.1:{port}{listen} backlog=4096;
    {tls}
    location / {{ proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_max_temp_file_size 0; }}
    location = /mock {{ default_type text/plain; return 200 "{mock}"; }}
  }}
}}
"""

NGINX_TLS = """ssl_certificate {work}/cert.pem; ssl_certificate_key {work}/key.pem; ssl_protocols TLSv1.3;
    ssl_session_tickets off; ssl_session_cache off;"""

HAPROXY = """
global
  nbthread 1
  maxconn 30000
  no strict-limits
  tune.ssl.cachesize 0
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
frontend front
  bind 127.0.0.1:{port} backlog 4096{tls}
  http-request return status 200 content-type text/plain string "{mock}" if {{ path /mock }}
  default_backend back
backend back
  server origin 127.0.0.1:{origin} pool-max-conn -1
"""

HAPROXY_TLS = (" ssl crt {work}/both.pem alpn h2,http/1.1 ssl-min-ver TLSv1.3 no-tls-tickets")


class Setting:
    """What a scenario asks of every target."""

    def __init__(self, work, binaries, origin_port, tls, is_realtime):
        self.work, self.binaries, self.origin_port = work, binaries, origin_port
        self.tls, self.is_realtime = tls, is_realtime


def start(name, setting):
    """Starts the target called `name`; gives (process, port)."""
    base, *variants = name.split("-")
    port = free_port()
    command = COMMANDS[base](setting, port, variants)
    process = Process(command, 0, os.path.join(setting.work, f"{name}-{port}.log"), setting.is_realtime)
    process.wait_for_port(port)
    return process, port


def nginx(setting, port, variants):
    path = os.path.join(setting.work, f"nginx-{port}.conf")
    log = f"{setting.work}/nginx-{port}.access twelve buffer=64k flush=1s" if "log" in variants else "off"
    with open(path, "w") as file:
        file.write(NGINX.format(
            work=setting.work, port=port, log=log, origin=setting.origin_port, mock=MOCK_BODY,
            listen=" ssl http2" if setting.tls else "",
            tls=NGINX_TLS.format(work=setting.work) if setting.tls else ""))
    return [require("nginx", "nginx-light"), "-c", path, "-e", f"{setting.work}/nginx-{port}.err"]


def haproxy(setting, port, _variants):
    path = os.path.join(setting.work, f"haproxy-{port}.cfg")
    with open(path, "w") as file:
        file.write(HAPROXY.format(
            port=port, origin=setting.origin_port, mock=MOCK_BODY,
            tls=HAPROXY_TLS.format(work=setting.work) if setting.tls else ""))
    return [require("haproxy", "haproxy"), "-db", "-f", path]


def relay(setting, port, variants):
    driver = "epoll" if "epoll" in variants else "io_uring"
    return [setting.binaries["loadtest"], "relay", "--listen", f"127.0.0.1:{port}",
            "--to", f"127.0.0.1:{setting.origin_port}", "--driver", driver]


def pingora(setting, port, _variants):
    tls = ["--cert", f"{setting.work}/cert.pem", "--key", f"{setting.work}/key.pem"]
    return [setting.binaries["pingora"], "--listen", f"127.0.0.1:{port}",
            "--to", f"127.0.0.1:{setting.origin_port}"] + (tls if setting.tls else [])


def tollgate(setting, port, variants):
    path = os.path.join(setting.work, f"tollgate-{port}.json")
    with open(path, "w") as file:
        json.dump(tollgate_definition(setting.origin_port), file)
    listen = f"127.0.0.1:{port}"
    if setting.tls:
        listen = f"tls://{listen}?cert={setting.work}/cert.pem&key={setting.work}/key.pem"
    command = [setting.binaries["tollgate"], "serve", path, "--listen", listen,
               "--admin", f"127.0.0.1:{free_port()}", "--workers", "1", "--max-connections", "30000", "--log-level", "warn",
               "--driver", "epoll" if "epoll" in variants else "io_uring"]
    if "log" in variants:
        log_format = json.dumps({field: f"$context.{field}" for field in LOG_FIELDS})
        command += ["--access-log", f"{setting.work}/tollgate-{port}.access",
                    "--access-log-format", log_format]
    return command


LOG_FIELDS = ["requestId", "identity.sourceIp", "requestTime", "httpMethod", "path", "protocol", "status",
              "responseLength", "responseLatency", "integrationLatency", "integrationStatus",
              "identity.userAgent"]


def tollgate_definition(origin_port):
    """An ordinary REST API: a greedy proxy resource and one static answer."""
    proxy = {
        "type": "http_proxy", "httpMethod": "ANY", "uri": f"http://127.0.0.1:{origin_port}/{{proxy}}",
        "requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"},
    }
    mock = {
        "type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": MOCK_BODY}}},
    }
    parameter = {"name": "proxy", "in": "path", "required": True, "schema": {"type": "string"}}
    answered = {"200": {"description": "ok"}}
    return {
        "openapi": "3.0.1", "info": {"title": "bench", "version": "1"},
        "paths": {
            "/mock": {"get": {"responses": answered, "x-amazon-apigateway-integration": mock}},
            "/{proxy+}": {"x-amazon-apigateway-any-method": {
                "parameters": [parameter], "responses": answered, "x-amazon-apigateway-integration": proxy}},
        },
    }


COMMANDS = {"nginx": nginx, "haproxy": haproxy, "relay": relay, "pingora": pingora, "tollgate": tollgate}

DIFFERENCES = {
    "tollgate": "request ids, X-Forwarded-*, trace header, metrics, decision record, time-outs, safe retries, "
                "route table with a path parameter: on",
    "nginx": "error log for crit only; no request id, metrics or retries; proxy buffering on; Debian's version",
    "haproxy": "no request id; statistics counters on; time-outs on; Debian's version",
    "pingora": "defaults, no request id, no metrics; OpenSSL, mimalloc, fat LTO, panic=abort",
    "relay": "carries bytes only: no HTTP, no time-outs; the limit for any proxy",
}
