//! Are answers of a real name server understood?

use std::net::{IpAddr, SocketAddr};

use hickory_resolver::config::{ConnectionConfig, NameServerConfig};
use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::net::UdpSocket;

use super::*;

/// What our name server says: `found.test` has both kinds of address, `four.test` only the older;
/// `failing.test` cannot be answered; no other name exists.
fn answer(request: &Message) -> Message {
    let query = request.queries[0].clone();
    let name = query.name().clone();
    let mut response = Message::response(request.id, request.op_code);
    response.metadata.message_type = MessageType::Response;
    response.metadata.recursion_available = true;
    let data = match (name.to_string().as_str(), query.query_type()) {
        ("found.test." | "four.test.", RecordType::A) => Some(RData::A(A::new(10, 0, 0, 1))),
        ("found.test.", RecordType::AAAA) => {
            Some(RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)))
        }
        ("four.test.", _) => None,
        ("failing.test.", _) => {
            response.metadata.response_code = ResponseCode::ServFail;
            None
        }
        _ => {
            response.metadata.response_code = ResponseCode::NXDomain;
            None
        }
    };
    response.add_query(query);
    response.answers.extend(data.map(|data| Record::from_rdata(name, 30, data)));
    response
}

async fn name_server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut bytes = [0; 1500];
        while let Ok((len, peer)) = socket.recv_from(&mut bytes).await {
            let Ok(request) = Message::from_vec(&bytes[..len]) else { continue };
            let reply = answer(&request).to_vec().expect("it can be written");
            let _ = socket.send_to(&reply, peer).await;
        }
    });
    address
}

async fn resolver() -> Resolver {
    let address = name_server().await;
    let mut connection = ConnectionConfig::udp();
    connection.port = address.port();
    let server = NameServerConfig::new(address.ip(), true, vec![connection]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let provider = TokioRuntimeProvider::default();
    Resolver::build(TokioResolver::builder_with_config(config, provider)).expect("a resolver")
}

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().expect("an address")).collect()
}

#[tokio::test]
async fn both_kinds_of_address_are_found_with_their_time_to_live() {
    let resolver = resolver().await;
    for (name, expected) in
        [("found.test", &["10.0.0.1", "2001:db8::1"][..]), ("four.test", &["10.0.0.1"])]
    {
        let Answer::Found { mut addresses, ttl_ms } = resolver.look_up(name).await else {
            panic!("{name} has addresses")
        };
        addresses.sort_unstable();
        assert_eq!(addresses, ips(expected), "{name}");
        assert!((20_000..=30_000).contains(&ttl_ms), "{name}: {ttl_ms}");
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_told_from_one_that_cannot_be_answered() {
    let resolver = resolver().await;
    assert_eq!(resolver.look_up("absent.test").await, Answer::Absent);
    assert!(matches!(resolver.look_up("failing.test").await, Answer::Failed(_)));
    assert!(matches!(resolver.look_up("not a name..").await, Answer::Failed(_) | Answer::Absent));
}
