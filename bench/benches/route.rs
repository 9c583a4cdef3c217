//! How long does it take to find the stage and the method of a request?
//!
//! `route/*` must stay flat from 10 to 10,000 routes; `normalise/plain` is paid by every request.

#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

use tollgate_core::context::ApiKind;
use tollgate_core::definition::{
    Api, BasePathMapping, Installation, MethodVerb, Place, RestApi, Stage,
};
use tollgate_core::locate::{self, Domains};
use tollgate_core::message::{Range, Request, RequestHead, Verb};
use tollgate_core::route::{self, Declared, Router};

/// `/service-{n}/items`, `/service-{n}/items/{id}` and `/service-{n}/files/{path+}`, and so on.
fn router(api_kind: ApiKind, count: usize) -> Router {
    let path = |position: usize| match (position / 3, position % 3) {
        (service, 0) => format!("/service-{service}/items"),
        (service, 1) => format!("/service-{service}/items/{{id}}"),
        (service, _) => format!("/service-{service}/files/{{path+}}"),
    };
    let paths: Vec<String> = (0..count).map(path).collect();
    let verb = Some(MethodVerb::Verb(Verb::Get));
    let declared: Vec<Declared<'_>> =
        paths.iter().map(|path| Declared { verb, path, place: Place::NONE }).collect();
    let mut problems = Vec::new();
    let router = route::compile(api_kind, &declared, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    router
}

fn match_routes(criterion: &mut Criterion) {
    for (name, api_kind) in [("rest_api", ApiKind::RestApi), ("http_api", ApiKind::HttpApi)] {
        let mut group = criterion.benchmark_group(format!("route/{name}"));
        for count in [10, 1_000, 10_000] {
            let router = router(api_kind, count);
            let service = count / 3 - 1;
            let cases = [
                ("static", format!("/service-{service}/items"), true),
                ("variable", format!("/service-{service}/items/a1b2c3d4"), true),
                ("greedy", format!("/service-{service}/files/2026/11/report.pdf"), true),
                ("miss", format!("/service-{service}/orders/a1b2c3d4"), false),
            ];
            for (case, path, is_found) in cases {
                let found = route::route(&router, Verb::Get, path.as_bytes());
                assert_eq!(found.is_ok(), is_found, "{path}");
                group.bench_function(BenchmarkId::new(case, count), |bencher| {
                    bencher.iter(|| {
                        route::route(&router, Verb::Get, black_box(path.as_bytes())).is_ok()
                    });
                });
            }
        }
        group.finish();
    }
}

fn normalise_paths(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("normalise");
    let long = format!("/{}", "segment/".repeat(100));
    for (case, path) in [
        ("plain", "/prod/service-17/items/a1b2c3d4"),
        ("dots", "/prod/files/2026.11/report.v2.pdf"),
        ("reserved_escapes", "/prod/items/a%20b%2Fc%3Ad"),
        ("plain_800_bytes", &long),
        ("unreserved_escapes", "/prod/%69tems/%41%42%43"),
        ("dot_segments", "/prod/./items/../items/%2e/a1b2c3d4"),
    ] {
        let mut scratch = Vec::with_capacity(1024);
        group.bench_function(case, |bencher| {
            bencher.iter(|| {
                locate::normalise(black_box(path.as_bytes()), &mut scratch).map(<[u8]>::len)
            });
        });
    }
    group.finish();
}

fn domains(count: usize) -> Domains {
    let id = |position: usize| format!("api{position:07}");
    let stage = |position: usize| Stage {
        api: Api::Rest(RestApi { id: id(position), ..RestApi::default() }),
        name: "prod".to_owned(),
        deployment_id: String::new(),
        variables: [].into(),
        access_log_format: None,
        place: Place::NONE,
    };
    let mapping = |domain: String, base_path: &str, position: usize| BasePathMapping {
        domain,
        base_path: base_path.to_owned(),
        api_id: id(position),
        stage: "prod".to_owned(),
    };
    let mut installation =
        Installation { stages: (0..count).map(stage).collect(), ..Installation::default() };
    installation.mappings.push(mapping("*".to_owned(), "", 0));
    for position in 0..count {
        let domain = format!("shop-{position}.example.com");
        installation.mappings.push(mapping(domain.clone(), "", position));
        installation.mappings.push(mapping(domain, "orders", position));
    }
    let mut problems = Vec::new();
    let domains = locate::compile(&installation, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    domains
}

fn locate_stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("locate");
    for count in [10, 1_000] {
        let domains = domains(count);
        for (case, authority, path) in [
            ("default_endpoint", "api0000007.execute-api.us-east-1.amazonaws.com", "/prod/items/1"),
            ("custom_domain", "shop-7.example.com", "/orders/items/1"),
            ("upper_case", "Shop-7.Example.com:8443", "/orders/items/1"),
            ("catch_all", "127.0.0.1:8080", "/items/1"),
            ("path_form", "127.0.0.1:8080", "/_aws/execute-api/api0000007/prod/items/1"),
        ] {
            let head =
                RequestHead { authority: Range::new(0, authority.len()), ..Default::default() };
            let request = Request { bytes: authority.as_bytes(), head: &head };
            assert!(locate::locate(request, path.as_bytes(), &domains).is_ok(), "{case}");
            group.bench_function(BenchmarkId::new(case, count), |bencher| {
                bencher.iter(|| {
                    locate::locate(black_box(request), black_box(path.as_bytes()), &domains).is_ok()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, match_routes, normalise_paths, locate_stages);
criterion_main!(benches);
