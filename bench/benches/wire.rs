//! What do heads, chunks and hop-by-hop rules cost per message?

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tollgate_core::message::{HeadSink, RequestHead, ResponseHead, Scheme, Verb};
use tollgate_core::wire::{
    ChunkLine, ChunkStep, ChunkedDecoder, HeadEncoder, HeadScanner, HopByHop, http2, imf_fixdate,
    parse_request, parse_response,
};

/// What a load generator sends: 84 bytes.
const SMALL: &[u8] = b"GET /pets/12345 HTTP/1.1\r\nHost: gateway.example.com:8080\r\n\
    User-Agent: curl/8.5.0\r\n\r\n";

/// What a browser sends.
const BROWSER: &[u8] = b"GET /api/v1/orders/2026-11-20?limit=50&sort=-created HTTP/1.1\r\n\
    Host: abc123defg.execute-api.eu-west-1.amazonaws.com\r\n\
    Connection: keep-alive\r\n\
    sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n\
    sec-ch-ua-mobile: ?0\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0\r\n\
    Accept: application/json, text/plain, */*\r\n\
    Origin: https://shop.example.com\r\n\
    Sec-Fetch-Site: cross-site\r\n\
    Sec-Fetch-Mode: cors\r\n\
    Referer: https://shop.example.com/orders\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-GB,en;q=0.9\r\n\
    Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark\r\n\r\n";

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 05:24:00 GMT\r\n\
    Content-Type: application/json\r\nContent-Length: 128\r\nConnection: keep-alive\r\n\
    Cache-Control: no-store\r\n\r\n";

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("wire/parse");
    for (name, bytes) in [("small", SMALL), ("browser", BROWSER)] {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let mut head = RequestHead::default();
        group.bench_function(format!("request_{name}"), |bencher| {
            bencher.iter(|| parse_request(black_box(bytes), Scheme::Http, &mut head));
        });
        group.bench_function(format!("scan_{name}"), |bencher| {
            bencher.iter(|| HeadScanner::for_request().push(black_box(bytes)));
        });
    }
    group.throughput(Throughput::Bytes(RESPONSE.len() as u64));
    let mut head = ResponseHead::default();
    group.bench_function("response", |bencher| {
        bencher.iter(|| parse_response(black_box(RESPONSE), Verb::Get, &mut head));
    });
    group.finish();
}

fn forward(criterion: &mut Criterion) {
    let mut head = RequestHead::default();
    parse_request(BROWSER, Scheme::Http, &mut head).expect("a good request");
    let mut out = Vec::with_capacity(1024);
    criterion.bench_function("wire/forward_browser", |bencher| {
        bencher.iter(|| {
            out.clear();
            let target = head.path.of_bytes(BROWSER);
            let mut encoder = HeadEncoder::request(&mut out, b"GET", &[target]);
            let hop_by_hop = HopByHop::of(BROWSER, &head.fields);
            for field in &head.fields {
                if !hop_by_hop.ends_here(field) {
                    encoder.push(field.name.of_bytes(BROWSER), field.value.of_bytes(BROWSER));
                }
            }
            encoder.end();
            black_box(out.len())
        });
    });
    criterion.bench_function("wire/hop_by_hop_browser", |bencher| {
        bencher.iter(|| {
            let hop_by_hop = HopByHop::of(black_box(BROWSER), &head.fields);
            head.fields.iter().filter(|field| hop_by_hop.ends_here(field)).count()
        });
    });
    criterion.bench_function("wire/encode_response", |bencher| {
        bencher.iter(|| {
            out.clear();
            let mut encoder = HeadEncoder::response(&mut out, black_box(404));
            encoder.push(b"Content-Type", b"application/json");
            encoder.content_length(42);
            encoder.end();
            black_box(out.len())
        });
    });
}

fn chunks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("wire/chunked");
    for size in [64, 4_096] {
        let mut body = Vec::new();
        for _ in 0..65_536 / size {
            body.extend_from_slice(ChunkLine::new(size).as_bytes());
            body.resize(body.len() + size, b'x');
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"0\r\n\r\n");
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(format!("decode_64k_by_{size}"), |bencher| {
            bencher.iter_batched(
                ChunkedDecoder::new,
                |decoder| decode(decoder, &body),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    criterion.bench_function("wire/chunk_line", |bencher| {
        bencher.iter(|| ChunkLine::new(black_box(16_384)).as_bytes().len());
    });
}

fn decode(mut decoder: ChunkedDecoder, body: &[u8]) -> usize {
    let (mut rest, mut data) = (body, 0);
    while let Ok(ChunkStep::Data(range)) = decoder.push(rest) {
        data += range.len();
        rest = &rest[range.end..];
    }
    data
}

fn other(criterion: &mut Criterion) {
    criterion.bench_function("wire/date", |bencher| {
        bencher.iter(|| imf_fixdate(black_box(1_795_152_240)));
    });
    let (mut buffer, mut head) = (Vec::new(), RequestHead::default());
    let pseudo = http2::Pseudo {
        method: b"GET",
        scheme: Some(b"https"),
        authority: Some(b"abc123defg.execute-api.eu-west-1.amazonaws.com"),
        path: Some(b"/api/v1/orders/2026-11-20?limit=50&sort=-created"),
    };
    let fields: [(&[u8], &[u8]); 6] = [
        (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0"),
        (b"accept", b"application/json, text/plain, */*"),
        (b"origin", b"https://shop.example.com"),
        (b"accept-encoding", b"gzip, deflate, br, zstd"),
        (b"cookie", b"session=8f14e45fceea167a5a36dedd4bea2543"),
        (b"cookie", b"theme=dark"),
    ];
    criterion.bench_function("wire/http2_request", |bencher| {
        bencher.iter(|| {
            http2::read_request(
                black_box(&pseudo),
                fields.into_iter(),
                true,
                &mut buffer,
                &mut head,
            )
        });
    });
}

criterion_group!(benches, parse, forward, chunks, other);
criterion_main!(benches);
