"""Does every sample definition serve, whatever public client asks?"""

from urllib.parse import parse_qsl, urlsplit

import pytest

from asking import CLIENTS

# sample, request, what the origin must get (None: the gateway answers by itself), status
PROXIED = [
    ("bookshop-unicode.yaml", "GET /books", "GET /books"),
    ("branded-errors.yaml", "GET /quotes/AMZN", "GET /quotes/AMZN"),
    ("catalogue.json", "GET /products", "GET /products"),
    ("catalogue.json", "PATCH /products/7", "PATCH /products/7"),
    ("catalogue.json", "GET /somewhere/else?a=b", "GET /site/somewhere/else?a=b"),
    ("city-300-routes.json", "GET /parks/crews", "GET /parks/crews"),
    ("city-300-routes.json", "PUT /archives/sites/9", "PUT /archives/sites/9"),
    ("city-300-routes.json", "GET /elections/records/1/history", "GET /elections/records/1/history"),
    ("hello.yaml", "GET /pets", "GET /pets"),
    ("hello.yaml", "POST /pets", "POST /pets"),
    ("hello.yaml", "GET /pets/3", "GET /pets/3"),
    ("hello.yaml", "DELETE /files/a/b/c.txt", "DELETE /files/a/b/c.txt"),
    ("legacy-proxy.yaml", "GET /", "GET /"),
    ("legacy-proxy.yaml", "POST /deep/er?x=1&x=2", "POST /deep/er?x=1&x=2"),
    ("library.yaml", "GET /authors/le%20guin/books", "GET /authors/le%20guin/books"),
    ("library.yaml", "POST /authors/5/books", "POST /authors/5/books"),
    ("notes.json", "GET /notes/1", "GET /notes/1"),
    ("notes.json", "PUT /notes/1", "PUT /notes/1"),
    ("orders.yaml", "POST /customers/4/orders", "POST /v2/orders?customer=4"),
    ("orders.yaml", "GET /customers/4/orders/8", "GET /v2/orders/8"),
    ("orders.yaml", "DELETE /customers/4/orders/8", "POST /v2/orders/8/cancel"),
    ("petstore.json", "GET /pets?page=2&type=dog", "GET /petstore/pets?page=2&type=dog"),
    ("petstore.json", "POST /pets", "POST /petstore/pets"),
    ("petstore.json", "GET /pets/1", "GET /petstore/pets/1"),
    ("reports.yaml", "GET /reports/7/summary", "GET /reports/7/summary"),
    ("reports.yaml", "GET /reports/7/pdf", "GET /reports/7.pdf"),
    ("storefront.yaml", "PUT /cart", "PUT /cart"),
    ("storefront.yaml", "POST /checkout", "POST /checkout"),
    ("tenants.json", "GET /t/blue/users?verbose=1", "GET /users?verbose=1"),
    ("tenants.json", "DELETE /t/blue/users/3", "DELETE /users/3"),
    ("webhooks.yaml", "POST /hooks/github", "POST /github"),
    ("webhooks.yaml", "POST /hooks/gitlab", "POST /vendor/gitlab"),
    ("webhooks.yaml", "GET /hooks/gitlab", "GET /vendor/gitlab/other"),
    ("webhooks.yaml", "PUT /hooks/gitlab/a/b", "PUT /deep/gitlab/a/b"),
]

ANSWERED = [
    ("bookshop-unicode.yaml", "GET /greeting", 200),
    ("branded-errors.yaml", "GET /nowhere", 404),
    ("city-300-routes.json", "GET /nowhere", 403),
    ("hello.yaml", "GET /hello", 200),
    ("legacy-proxy.yaml", "GET /status", 200),
    ("notes.json", "PATCH /notes/1", 410),
    ("petstore.json", "GET /", 200),
    ("petstore.json", "OPTIONS /pets", 200),
    ("storefront.yaml", "OPTIONS /cart", 204),
    ("tenants.json", "GET /nowhere", 403),
]


@pytest.fixture(params=CLIENTS, ids=str)
def ask(request):
    return CLIENTS[request.param]


def body_for(verb):
    return b'{"name":"x"}' if verb in ("POST", "PUT", "PATCH") else None


def same(seen, expected):
    """Whether two targets have one path and, in whatever order, one query."""
    seen, expected = urlsplit(seen), urlsplit(expected)
    pairs = [sorted(set(parse_qsl(target.query))) for target in (seen, expected)]
    return seen.path == expected.path and pairs[0] == pairs[1]


@pytest.mark.parametrize(("sample", "asked", "expected"), PROXIED, ids=lambda it: str(it))
def test_a_sample_reaches_its_origin(gateway_of, ask, sample, asked, expected):
    verb, path = asked.split(" ")
    body = body_for(verb)
    fields = {"Content-Type": "application/json", "X-Asked": "yes"} if body else {"X-Asked": "yes"}
    answer = ask(gateway_of(sample), verb, path, fields, body)
    assert answer.status == 200, answer
    seen = answer.json()
    verb_seen, target_seen = expected.split(" ")
    assert seen["verb"] == verb_seen
    assert same(seen["target"], target_seen), seen["target"]
    assert seen["fields"]["x-asked"] == "yes"
    assert seen["body"] == (body or b"").decode()


@pytest.mark.parametrize(("sample", "asked", "status"), ANSWERED, ids=lambda it: str(it))
def test_a_sample_answers_by_itself(gateway_of, origin, ask, sample, asked, status):
    verb, path = asked.split(" ")
    before = len(origin.seen)
    # A mock takes its template by the content type, and curl has one of its own.
    fields = {"Accept": "application/json", "Content-Type": "application/json"}
    answer = ask(gateway_of(sample), verb, path, fields, body_for(verb))
    assert answer.status == status, answer
    assert len(origin.seen) == before
    assert "x-amzn-requestid" in answer.fields


def test_tenants_are_told_by_a_field(gateway_of, ask):
    answer = ask(gateway_of("tenants.json"), "GET", "/t/blue/users", {}, None)
    assert answer.json()["fields"]["x-tenant"] == "blue"


def test_an_edge_rewrites(gateway_of, ask):
    answer = ask(gateway_of("edge-rewrite.yaml"), "GET", "/articles/hello", {"Cookie": "a=b"}, None)
    seen = answer.json()
    assert seen["target"].startswith("/cms/articles/hello")
    assert seen["fields"]["x-edge"] == "tollgate"
    assert seen["fields"]["x-original-path"] == "/articles/hello"
    assert "cookie" not in seen["fields"]
    old = ask(gateway_of("edge-rewrite.yaml"), "GET", "/old/a/b", {}, None)
    assert old.json()["target"].split("?")[0] == "/archive/a/b"


def test_a_search_has_open_cors(gateway_of, ask):
    answer = ask(gateway_of("search.yaml"), "GET", "/search?q=x", {"Origin": "https://a.example"}, None)
    assert answer.status == 200
    assert answer.fields["access-control-allow-origin"] in ("*", "https://a.example")


def test_head_has_no_body(gateway_of, ask):
    answer = ask(gateway_of("notes.json"), "HEAD", "/notes/1", {}, None)
    assert (answer.status, answer.body) == (200, b"")


def test_the_protocol_is_what_the_client_chose(gateway_of):
    gateway = gateway_of("hello.yaml")
    versions = {name: ask(gateway, "GET", "/hello", {}, None).version for name, ask in CLIENTS.items()}
    for name, version in versions.items():
        expected = "HTTP/2" if "http2" in name else "HTTP/1.1"
        assert version.startswith(expected), versions


@pytest.mark.parametrize("size", [65_536, 1_000_000, 9_000_000])
def test_large_bodies_pass(gateway_of, ask, size):
    body = b"0123456789" * (size // 10)
    answer = ask(gateway_of("hello.yaml"), "POST", "/pets", {"Content-Type": "text/plain"}, body)
    assert answer.status == 200
    assert answer.json()["body"].encode() == body
