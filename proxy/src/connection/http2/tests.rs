//! Are requests on HTTP/2 streams served, and are those who flood them turned away?

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream as StdStream};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use arc_swap::ArcSwap;
use bytes::Bytes;
use h2::client::SendRequest;
use http::{Request, Response};
use monoio::net::TcpStream;
use tollgate_core::definition::Installation;
use tollgate_core::message::{Scheme, Verb};
use tollgate_core::snapshot::{Rules, compile};

use super::super::Guard;
use super::*;
use crate::certificates::client_configs;
use crate::client::{Announced, Opening};
use crate::local::{Bounds, Shared};
use crate::net::rig::{listen, on_both_drivers, socket_pair};
use crate::net::{Socket, split};
use crate::publication::Published;
use crate::telemetry::{WorkerCounters, WorkerTelemetry};

fn local() -> Rc<Local> {
    let (compiled, problems) = compile(&Installation::default(), 1, Rules::default(), None);
    let snapshot = compiled.unwrap_or_else(|| panic!("{problems:?}"));
    let published = Published {
        revision: 1,
        snapshot: Arc::new(snapshot),
        targets: Vec::new(),
        stage_slots: Vec::new(),
    };
    let shared = Shared {
        publication: Arc::new(ArcSwap::from_pointee(published)),
        bounds: Bounds::default(),
        upstream_tls: client_configs(&[]).expect("no files"),
        orders: Arc::default(),
        running: Arc::default(),
    };
    let telemetry = WorkerTelemetry::new(Arc::new(WorkerCounters::default()), None);
    Rc::new(Local::new(shared, telemetry))
}

/// Answers with the request's path in a field and its body as the body.
async fn echo(mut asked: Http2Exchange, _: Rc<Local>) {
    if let Some(malformed) = asked.refused {
        let opening = Opening { status: malformed.status(), body: Announced::Sized(0) };
        asked.reply.start(&mut |_| Some(opening));
        let _ = asked.reply.finish().await;
        return;
    }
    let path = asked.head.path.of_bytes(asked.head_bytes.unread()).to_vec();
    if path == b"/panic" {
        return;
    }
    let announced = match asked.head.verb {
        Verb::Get => Announced::Sized(0),
        _ => Announced::Unknown,
    };
    asked.reply.start(&mut |head| {
        head.push(b"X-Path", &path);
        Some(Opening { status: 200, body: announced })
    });
    if asked.head.verb != Verb::Get && asked.reply.flush().await.is_err() {
        return;
    }
    while let Ok(Some(piece)) = asked.body.next().await {
        if asked.reply.push(piece).await.is_err() || asked.reply.flush().await.is_err() {
            return;
        }
    }
    // A client that has gone is no matter of the test's.
    let _ = asked.reply.finish().await;
}

fn serving(stream: TcpStream, local: &Rc<Local>) -> impl Future<Output = ()> + 'static {
    let peer: SocketAddr = stream.peer_addr().expect("connected");
    let socket = Socket::of(&stream);
    let client =
        Client { ip: peer.ip(), port: peer.port(), local_port: 0, scheme: Scheme::Http, tls: None };
    let state = local.remember_client(socket);
    let (reader, writer) = split(stream);
    let local = Rc::clone(local);
    let guard = Guard { state: Rc::clone(&state), local: Rc::clone(&local), shut: None };
    let may_turn_http2 = false;
    let connection =
        Connection { guard, reader, writer, socket, client, state, local, may_turn_http2 };
    serve(connection, Buffer::empty(), echo)
}

async fn client_on(stream: TcpStream) -> SendRequest<Bytes> {
    let (reader, writer) = split(stream);
    let stream = PollStream::new(reader, writer, Buffer::empty());
    let gathered = stream.gathered();
    let mut settings = h2::client::Builder::new();
    // Without a word from the server yet, a client does well to be modest.
    settings.initial_max_send_streams(HTTP2_CONCURRENT_STREAMS_MAX as usize);
    let mut handshake = Box::pin(settings.handshake::<_, Bytes>(stream));
    let sending = gathered.clone();
    let (requests, connection) = poll_fn(|context| {
        let done = handshake.as_mut().poll(context);
        let _ = sending.poll_send(context);
        done
    })
    .await
    .expect("the server speaks HTTP/2");
    monoio::spawn(async move {
        let mut connection = Box::pin(connection);
        poll_fn(|context| {
            let done = connection.as_mut().poll(context).map(|_| ());
            let _ = gathered.poll_send(context);
            done
        })
        .await;
    });
    requests
}

async fn ask(
    mut requests: SendRequest<Bytes>,
    method: &str,
    path: &str,
    body: Vec<u8>,
) -> Result<(Response<()>, Vec<u8>), h2::Error> {
    let request = Request::builder().method(method).uri(format!("http://a.b{path}"));
    let request = request.body(()).expect("a valid request");
    poll_fn(|context| requests.poll_ready(context)).await?;
    let (response, mut stream) = requests.send_request(request, body.is_empty())?;
    if !body.is_empty() {
        stream.send_data(Bytes::from(body), true)?;
    }
    let (head, mut incoming) = response.await?.into_parts();
    let mut received = Vec::new();
    while let Some(bytes) = incoming.data().await {
        let bytes = bytes?;
        received.extend_from_slice(&bytes);
        incoming.flow_control().release_capacity(bytes.len())?;
    }
    Ok((Response::from_parts(head, ()), received))
}

#[test]
fn many_requests_share_a_connection() {
    on_both_drivers(|| async {
        let local = local();
        let (near, far) = socket_pair().await;
        monoio::spawn(serving(far, &local));
        let requests = client_on(near).await;
        let mut asking = Vec::new();
        for number in 0..300_usize {
            let body = vec![number as u8; number * 97];
            let path = format!("/{number}");
            let requests = requests.clone();
            asking.push(monoio::spawn(async move {
                let answer = ask(requests, "POST", &path, body.clone()).await;
                let (head, echoed) = answer.expect("an answer");
                assert_eq!(head.headers()["x-path"], path.as_str());
                assert!(echoed == body, "{number}");
            }));
        }
        for asked in asking {
            asked.await;
        }
    });
}

#[test]
fn a_long_body_passes_both_ways_at_the_clients_pace() {
    on_both_drivers(|| async {
        let local = local();
        let (near, far) = socket_pair().await;
        monoio::spawn(serving(far, &local));
        let requests = client_on(near).await;
        let body: Vec<u8> = (0..3_000_000_u32).map(|at| (at * 7) as u8).collect();
        let (_, echoed) = ask(requests, "PUT", "/", body.clone()).await.expect("an answer");
        assert!(echoed == body);
    });
}

#[test]
fn an_answer_that_breaks_off_resets_its_stream_only() {
    on_both_drivers(|| async {
        let local = local();
        let (near, far) = socket_pair().await;
        monoio::spawn(serving(far, &local));
        let requests = client_on(near).await;
        let error = ask(requests.clone(), "GET", "/panic", Vec::new()).await;
        let error = error.expect_err("no answer");
        assert_eq!(error.reason(), Some(Reason::INTERNAL_ERROR));
        let (head, _) = ask(requests, "GET", "/", Vec::new()).await.expect("an answer");
        assert_eq!(head.status(), 200);
        assert_eq!(head.headers()["content-length"], "0");
    });
}

#[test]
fn what_http_1_would_refuse_is_refused() {
    on_both_drivers(|| async {
        let local = local();
        let (near, far) = socket_pair().await;
        monoio::spawn(serving(far, &local));
        let requests = client_on(near).await;
        let (head, _) =
            ask(requests, "CONNECTS-LONG-LONG-LONG-LONG-LONG-LONG-VERB", "/", Vec::new())
                .await
                .expect("an answer");
        assert_eq!(head.status(), 501);
    });
}

#[test]
fn draining_says_go_away_and_serves_what_runs() {
    on_both_drivers(|| async {
        let local = local();
        let (near, far) = socket_pair().await;
        let served = monoio::spawn(serving(far, &local));
        let mut requests = client_on(near).await;
        let request = Request::post("http://a.b/").body(()).expect("a valid request");
        let (response, mut stream) = requests.send_request(request, false).expect("room");
        let (_, mut incoming) = response.await.expect("an answer").into_parts();
        local.begin_to_drain(now());
        stream.send_data(Bytes::from_static(b"late"), true).expect("room");
        assert_eq!(incoming.data().await.expect("a body").expect("no reset"), "late");
        // The end comes as a frame of its own, because the answer did not know its length.
        assert_eq!(incoming.data().await.expect("an end").expect("no reset"), "");
        assert!(incoming.is_end_stream());
        drop((stream, incoming));
        served.await;
        let refused = poll_fn(|context| requests.poll_ready(context)).await;
        assert!(refused.is_err(), "the server has gone");
    });
}

// What a client can do that keeps no rules: frames written by hand.

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// `GET http://a.b/`
const GET: &[u8] = b"\x82\x86\x84\x41\x03a.b";
/// `POST http://a.b/`
const POST: &[u8] = b"\x83\x86\x84\x41\x03a.b";

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = payload.len() as u32;
    let mut frame = len.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

fn request(stream: u32) -> Vec<u8> {
    frame(1, END_STREAM | END_HEADERS, stream, GET)
}

/// Sends `frames` and yields the code of the GOAWAY that comes, where one does.
fn go_away_after(frames: &[u8]) -> Option<u32> {
    let bytes = [PREFACE, &frame(4, 0, 0, &[]), frames].concat();
    let code = std::sync::Mutex::new(None);
    on_both_drivers(|| async {
        let local = local();
        let (listener, address) = listen();
        let bytes = bytes.clone();
        let client = thread::spawn(move || {
            let mut stream = StdStream::connect(address).expect("the listener is there");
            let mut writing = stream.try_clone().expect("a descriptor");
            let writer = thread::spawn(move || {
                // The server may have had enough before all is written.
                let _ = writing.write_all(&bytes);
                let _ = writing.shutdown(std::net::Shutdown::Write);
            });
            let mut answer = Vec::new();
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = stream.read(&mut chunk) {
                answer.extend_from_slice(&chunk[..count]);
            }
            writer.join().expect("no panic");
            answer
        });
        let (stream, _) = listener.accept().await.expect("a client comes");
        stream.set_nodelay(true).expect("connected");
        serving(stream, &local).await;
        *code.lock().expect("no panic") = go_away_in(&client.join().expect("no panic"));
    });
    code.into_inner().expect("no panic")
}

fn go_away_in(mut bytes: &[u8]) -> Option<u32> {
    const GOAWAY: u8 = 7;
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = bytes {
        let len = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let payload = rest.get(..len)?;
        if let (GOAWAY, [_, _, _, _, code @ ..]) = (*kind, payload) {
            return Some(u32::from_be_bytes(code[..4].try_into().ok()?));
        }
        bytes = &rest[len..];
    }
    None
}

#[test]
fn floods_end_in_enhance_your_calm() {
    const CALM: u32 = 11;
    let streams = |count: u32| (0..count).map(|at| 2 * at + 1);
    let each = |count, make: &dyn Fn(u32) -> Vec<u8>| -> Vec<u8> {
        streams(count).flat_map(make).collect()
    };
    let continuation = |last: &[u8]| [frame(1, END_STREAM, 1, GET), last.to_vec()].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("ping", frame(6, 0, 0, &[0; 8]).repeat(1_000)),
        ("settings", frame(4, 0, 0, &[]).repeat(1_000)),
        ("priority", frame(2, 0, 1, &[0, 0, 0, 0, 1]).repeat(5_000)),
        ("window update", frame(8, 0, 0, &[0, 0, 0, 1]).repeat(5_000)),
        ("unknown frames", frame(0xbb, 0, 0, b"?").repeat(5_000)),
        ("rapid reset", each(2_000, &|id| [request(id), frame(3, 0, id, &[0, 0, 0, 8])].concat())),
        (
            "made you reset",
            each(2_000, &|id| [request(id), frame(8, 0, id, &[0x7f, 0xff, 0xff, 0xff])].concat()),
        ),
        ("empty data", [frame(1, END_HEADERS, 1, POST), frame(0, 0, 1, &[]).repeat(500)].concat()),
        ("empty continuations", continuation(&frame(9, 0, 1, &[]).repeat(500))),
        ("long continuations", continuation(&frame(9, 0, 1, &[0x40; 16_000]).repeat(40))),
    ];
    for (name, frames) in cases {
        let code = go_away_after(&frames);
        let is_turned_away = code == Some(CALM) || name.contains("continuations") && code.is_some();
        assert!(is_turned_away, "{name}: {code:?}");
    }
}

#[test]
fn a_header_bomb_costs_its_client_the_connection() {
    // One field of 4,000 bytes enters the table; then a frame refers to it 8,000 times.
    let mut bomb = GET.to_vec();
    bomb.extend(b"\x40\x01x\x7f\xa1\x1e");
    bomb.extend([b'a'; 4_000]);
    bomb.extend([0xbe; 8_000]);
    let frames = frame(1, END_STREAM | END_HEADERS, 1, &bomb);
    assert!(go_away_after(&frames).is_some());
}

#[test]
fn ordinary_busy_clients_are_no_flood() {
    let mut frames = Vec::new();
    for id in (1..400).step_by(2) {
        frames.extend(request(id));
        if id % 5 == 0 {
            frames.extend(frame(3, 0, id, &[0, 0, 0, 8]));
        }
        frames.extend(frame(8, 0, 0, &[0, 0, 0, 9]));
        if id % 50 == 1 {
            frames.extend(frame(6, 0, 0, &[0; 8]));
        }
    }
    assert_eq!(go_away_after(&frames), None);
}
