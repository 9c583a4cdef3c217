//! What does an exchange look like that a test wants to decide about?

use std::net::{IpAddr, Ipv4Addr};

use crate::message::{
    BodyLength, Range, Request, RequestHead, Response, ResponseHead, Scheme, Verb,
};
use crate::time::Now;

use super::{ApiKind, Client, Facts, Ids, MethodFacts, Outcome, StageFacts};

/// The ids of every exchange in a test.
pub(crate) const IDS: Ids = Ids {
    request_id: *b"c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    extended_request_id: *b"JKJaXmPLvHcESHA=",
    trace: [0x5a; 20],
};

/// A request with everything that facts are made of; tests change what they care about.
pub(crate) struct Exchange {
    bytes: Vec<u8>,
    head: RequestHead,
    pub(crate) client: Client,
    pub(crate) arrived: Now,
    pub(crate) stage: StageFacts,
    pub(crate) method: MethodFacts,
    pub(crate) base_path: &'static str,
    pub(crate) path_parameters: Vec<&'static [u8]>,
}

impl Exchange {
    /// A request to a REST API's stage `hold`: `line` is a verb and a target.
    pub(crate) fn new(line: &str, fields: &[(&str, &str)]) -> Self {
        let (verb, target) = line.split_once(' ').expect("a verb and a target");
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let mut bytes = Vec::new();
        let mut head =
            RequestHead { verb: Verb::from_bytes(verb.as_bytes()), ..Default::default() };
        head.verb_range = append(&mut bytes, verb);
        head.path = append(&mut bytes, path);
        head.query = query.map(|query| append(&mut bytes, query));
        head.authority = append(&mut bytes, "abcde12345.execute-api.us-east-1.example.com:8443");
        for (name, value) in fields {
            let (name, value) = (append(&mut bytes, name), append(&mut bytes, value));
            head.fields.push(&bytes, name, value);
        }
        Self {
            bytes,
            head,
            client: Client {
                ip: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
                port: 50_000,
                local_port: 8443,
                scheme: Scheme::Http,
                tls: None,
            },
            arrived: Now { monotonic_us: 5_000_000, unix_ms: 1_428_582_896_123 },
            stage: stage(ApiKind::RestApi),
            method: MethodFacts {
                resource_id: "res0000001".into(),
                resource_path: "/pets/{petId}".into(),
                ..Default::default()
            },
            base_path: "/hold",
            path_parameters: Vec::new(),
        }
    }

    /// The same exchange with an HTTP API.
    pub(crate) fn http_api(mut self) -> Self {
        self.stage.api_kind = ApiKind::HttpApi;
        self.method.route_key = "GET /pets/{petId}".into();
        self
    }

    /// The same exchange over another protocol version or with a body.
    pub(crate) fn with_head(mut self, change: impl FnOnce(&mut RequestHead)) -> Self {
        change(&mut self.head);
        self
    }

    /// The same exchange with path variables and their values.
    pub(crate) fn with_path(mut self, variables: &[(&str, &'static str)]) -> Self {
        self.method.path_parameter_names = variables.iter().map(|pair| pair.0.into()).collect();
        self.path_parameters = variables.iter().map(|pair| pair.1.as_bytes()).collect();
        self
    }

    /// The same exchange with a body of so many bytes.
    pub(crate) fn with_body(self, bytes: u64) -> Self {
        self.with_head(|head| head.body = BodyLength::Sized(bytes))
    }

    pub(crate) fn request(&self) -> Request<'_> {
        Request { bytes: &self.bytes, head: &self.head }
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            request: self.request(),
            client: self.client,
            ids: &IDS,
            arrived: self.arrived,
            stage: Some(&self.stage),
            base_path: self.base_path.as_bytes(),
            path: self.request().path(),
            method: Some(&self.method),
            path_parameters: &self.path_parameters,
            outcome: None,
        }
    }

    pub(crate) fn facts_with<'a>(&'a self, outcome: &'a Outcome<'a>) -> Facts<'a> {
        Facts { outcome: Some(outcome), ..self.facts() }
    }
}

/// The stage of every exchange in a test.
pub(crate) fn stage(api_kind: ApiKind) -> StageFacts {
    StageFacts {
        api_kind,
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        api_id: "abcde12345".into(),
        stage: "hold".into(),
        deployment_id: "dep001".into(),
        variables: vec![("host_part".into(), "north".into()), ("tone".into(), "warm".into())],
    }
}

/// A backend's answer.
pub(crate) struct Answered {
    bytes: Vec<u8>,
    head: ResponseHead,
}

impl Answered {
    pub(crate) fn new(status: u16, fields: &[(&str, &str)]) -> Self {
        let mut bytes = Vec::new();
        let mut head = ResponseHead { status, ..Default::default() };
        for (name, value) in fields {
            let (name, value) = (append(&mut bytes, name), append(&mut bytes, value));
            head.fields.push(&bytes, name, value);
        }
        Self { bytes, head }
    }

    pub(crate) fn with_head(&mut self, change: impl FnOnce(&mut ResponseHead)) {
        change(&mut self.head);
    }

    pub(crate) fn response(&self) -> Response<'_> {
        Response { bytes: &self.bytes, head: &self.head }
    }
}

fn append(bytes: &mut Vec<u8>, text: &str) -> Range {
    let start = bytes.len();
    bytes.extend_from_slice(text.as_bytes());
    Range::new(start, bytes.len())
}
