//! What do the fields of one proxied exchange, a mock's answer and a record cost?

use std::collections::BTreeMap;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};

use criterion::{Criterion, criterion_group, criterion_main};
use tollgate_core::context::{ApiKind, Client, Facts, Ids, MethodFacts, Outcome, StageFacts};
use tollgate_core::definition::{self, IntegrationKind, IntegrationResponse, Place};
use tollgate_core::integrate::{HttpProxy, Integration, Mock, Targets, compile};
use tollgate_core::message::{
    Fields, HeadSink, Range, Request, RequestHead, Response, ResponseHead, Scheme,
};
use tollgate_core::observe::access_log::{Format, render};
use tollgate_core::observe::{DecodedRecord, Record, Whereabouts};
use tollgate_core::respond::{Cause, GatewayResponses, Occasion, ProxyResponses, write_mock};
use tollgate_core::time::Now;
use tollgate_core::transform::Surroundings;

/// A head as an HTTP/1 encoder writes it.
struct Lines(Vec<u8>);

impl HeadSink for Lines {
    #[inline]
    fn push(&mut self, name: &[u8], value: &[u8]) {
        for part in [name, b": ", value, b"\r\n"] {
            self.0.extend_from_slice(part);
        }
    }

    #[inline]
    fn push_block(&mut self, block: &tollgate_core::message::FieldBlock) {
        self.0.extend_from_slice(block.lines());
    }
}

const REQUEST: [(&str, &str); 10] = [
    ("Host", "abcde12345.execute-api.us-east-1.example.com"),
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "en-US,en;q=0.5"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Referer", "https://www.example.com/start"),
    ("Connection", "keep-alive"),
    ("Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Cache-Control", "no-cache"),
];

const RESPONSE: [(&str, &str); 10] = [
    ("Server", "nginx/1.22.1"),
    ("Date", "Tue, 15 Nov 1994 08:12:31 GMT"),
    ("Content-Type", "application/json"),
    ("Content-Length", "128"),
    ("Connection", "keep-alive"),
    ("Cache-Control", "max-age=60"),
    ("ETag", "\"33a64df551425fcc55e4d42a148795d9f25f89d4\""),
    ("Vary", "Accept-Encoding"),
    ("Set-Cookie", "session=fedcba9876543210; Path=/; HttpOnly; Secure"),
    ("X-Request-Time", "0.012"),
];

fn fields(list: &[(&str, &str)], bytes: &mut Vec<u8>) -> Fields {
    let mut fields = Fields::default();
    for (name, value) in list {
        let name = append(bytes, name);
        let value = append(bytes, value);
        fields.push(bytes, name, value);
    }
    fields
}

fn append(bytes: &mut Vec<u8>, text: &str) -> Range {
    let start = bytes.len();
    bytes.extend_from_slice(text.as_bytes());
    Range::new(start, bytes.len())
}

/// Everything that facts borrow from.
struct Exchange {
    bytes: Vec<u8>,
    head: RequestHead,
    stage: StageFacts,
    method: MethodFacts,
    ids: Ids,
}

impl Exchange {
    fn new(api_kind: ApiKind) -> Self {
        let mut bytes = Vec::new();
        let head = RequestHead {
            verb_range: append(&mut bytes, "GET"),
            path: append(&mut bytes, "/pets/7"),
            query: Some(append(&mut bytes, "page=2&size=50")),
            authority: append(&mut bytes, "abcde12345.execute-api.us-east-1.example.com"),
            fields: fields(&REQUEST, &mut bytes),
            ..RequestHead::default()
        };
        let stage = StageFacts {
            api_kind,
            account_id: "123456789012".into(),
            region: "us-east-1".into(),
            api_id: "abcde12345".into(),
            stage: "prod".into(),
            deployment_id: "dep001".into(),
            variables: Vec::new(),
        };
        let method = MethodFacts {
            resource_path: "/pets/{petId}".into(),
            route_key: "GET /pets/{petId}".into(),
            path_parameter_names: vec!["petId".into()],
            ..MethodFacts::default()
        };
        let ids = Ids {
            request_id: *b"c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            extended_request_id: *b"JKJaXmPLvHcESHA=",
            trace: [7; 20],
        };
        Self { bytes, head, stage, method, ids }
    }

    fn facts<'a>(&'a self, path_parameters: &'a [&'a [u8]]) -> Facts<'a> {
        Facts {
            request: Request { bytes: &self.bytes, head: &self.head },
            client: Client {
                ip: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
                port: 50_000,
                local_port: 443,
                scheme: Scheme::Https,
                tls: None,
            },
            ids: &self.ids,
            arrived: Now { monotonic_us: 1, unix_ms: 1_428_582_896_123 },
            stage: Some(&self.stage),
            base_path: b"/prod",
            path: b"/pets/7",
            method: Some(&self.method),
            path_parameters,
            outcome: None,
        }
    }

    fn compile(&self, integration: &definition::Integration) -> Integration {
        let around = Surroundings { stage: &self.stage, method: &self.method };
        let mut problems = Vec::new();
        let compiled = compile(integration, None, around, &mut Targets::default(), &mut problems);
        compiled.unwrap_or_else(|| panic!("{problems:?}"))
    }

    fn proxy(&self) -> HttpProxy {
        let mut integration = definition::Integration::new(IntegrationKind::HttpProxy);
        integration.http_method = Some("ANY".into());
        integration.uri = Some("http://backend.example.com:8080/v1/{petId}".into());
        if self.stage.api_kind == ApiKind::RestApi {
            integration.request_parameters = BTreeMap::from([(
                "integration.request.path.petId".into(),
                "method.request.path.petId".into(),
            )]);
        }
        match self.compile(&integration) {
            Integration::HttpProxy(proxy) => proxy,
            other => panic!("{other:?}"),
        }
    }

    fn mock(&self) -> Mock {
        let mut integration = definition::Integration::new(IntegrationKind::Mock);
        integration.request_templates =
            vec![("application/json".into(), "{\"statusCode\": 200}".into())];
        let origin = "method.response.header.Access-Control-Allow-Origin".to_owned();
        integration.responses = vec![IntegrationResponse {
            selection_pattern: None,
            status: 200,
            parameters: BTreeMap::from([(origin, "'*'".into())]),
            templates: vec![("application/json".into(), "{\"ok\":true}".repeat(10))],
            content_handling: None,
            place: Place::NONE,
        }];
        match self.compile(&integration) {
            Integration::Mock(mock) => mock,
            other => panic!("{other:?}"),
        }
    }
}

const DATE: &[u8] = b"Tue, 15 Nov 1994 08:12:31 GMT";

fn proxied(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("respond/http_proxy");
    let mut bytes = Vec::new();
    let response_head = ResponseHead {
        status: 200,
        fields: fields(&RESPONSE, &mut bytes),
        ..ResponseHead::default()
    };
    let response = Response { bytes: &bytes, head: &response_head };
    for (name, api_kind) in [("rest", ApiKind::RestApi), ("http", ApiKind::HttpApi)] {
        let exchange = Exchange::new(api_kind);
        let path_parameters: [&[u8]; 1] = [b"7"];
        let facts = exchange.facts(&path_parameters);
        let (proxy, responses) = (exchange.proxy(), ProxyResponses::default());
        let (mut out, mut scratch) = (Lines(Vec::new()), Vec::new());
        group.bench_function(format!("{name}/request_target"), |bencher| {
            bencher.iter(|| {
                out.0.clear();
                proxy.write_target(black_box(&facts), &mut out.0).is_ok()
            });
        });
        group.bench_function(format!("{name}/request_fields"), |bencher| {
            bencher.iter(|| {
                out.0.clear();
                proxy.write_fields(black_box(&facts), &mut scratch, &mut out);
            });
        });
        let occasion = Occasion { facts: &facts, date: DATE, cors: None };
        group.bench_function(format!("{name}/response_fields"), |bencher| {
            bencher.iter(|| {
                out.0.clear();
                responses.write(black_box(response), &occasion, &mut scratch, &mut out)
            });
        });
    }
    group.finish();
}

fn own_answers(criterion: &mut Criterion) {
    let exchange = Exchange::new(ApiKind::RestApi);
    let facts = exchange.facts(&[]);
    let occasion = Occasion { facts: &facts, date: DATE, cors: None };
    let (mut out, mut scratch) = (Lines(Vec::new()), Vec::new());
    let mock = exchange.mock();
    criterion.bench_function("respond/mock", |bencher| {
        bencher.iter(|| {
            out.0.clear();
            let answer = write_mock(&mock, black_box(&occasion), &mut scratch, &mut out);
            out.0.extend_from_slice(&answer.map(|answer| answer.body).unwrap_or_default());
        });
    });
    criterion.bench_function("respond/gateway_response", |bencher| {
        bencher.iter(|| {
            out.0.clear();
            let plain = &GatewayResponses::PLAIN;
            let answer = plain.write(Cause::NoSuchPath, black_box(&occasion), &mut out);
            out.0.extend_from_slice(&answer.body);
        });
    });
}

const FORMAT: &str = r#"{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","time":"$context.requestTime","verb":"$context.httpMethod","path":"$context.path","route":"$context.resourcePath","status":$context.status,"length":$context.responseLength,"latency":$context.responseLatency,"integration":$context.integrationLatency,"agent":"$context.identity.userAgent","host":"$context.domainName"}"#;

fn records(criterion: &mut Criterion) {
    let exchange = Exchange::new(ApiKind::RestApi);
    let facts = exchange.facts(&[]);
    let outcome =
        Outcome { status: 200, response_bytes: 128, latency_us: 900, ..Outcome::default() };
    let whereabouts = Whereabouts { revision: 1, stage: Some(0), method: Some(0) };
    let mut problems = Vec::new();
    let format = Format::compile(FORMAT, ApiKind::RestApi, Place::NONE, &mut problems);
    let format = format.unwrap_or_else(|| panic!("{problems:?}"));
    let mut ring = Vec::new();
    criterion.bench_function("observe/encode_12_fields", |bencher| {
        bencher.iter(|| {
            ring.clear();
            let record = Record::of(black_box(&facts), &outcome, None, whereabouts);
            record.encode(&facts, format.needs(), &mut ring);
        });
    });
    let Some((decoded, _)) = DecodedRecord::decode(&ring) else { return };
    let mut line = Vec::new();
    criterion.bench_function("observe/render_json_12_fields", |bencher| {
        bencher.iter(|| {
            line.clear();
            let (stage, method) = (Some(&exchange.stage), Some(&exchange.method));
            render(&format, black_box(&decoded), stage, method, &mut line);
        });
    });
}

criterion_group!(benches, proxied, own_answers, records);
criterion_main!(benches);
