//! What is kept of an exchange, and how does it travel to another thread?

use std::net::{IpAddr, Ipv6Addr};

use crate::context::{ApiKind, Facts, Ids, MethodFacts, Outcome, StageFacts, Values, Variable};
use crate::respond::{Cause, gateway_response};

/// Where an exchange led: positions in the snapshot of that revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The snapshot's revision.
    pub revision: u64,
    /// The stage, once located.
    pub stage: Option<u32>,
    /// The method, once routed.
    pub method: Option<u32>,
}

/// The fixed part of what is kept of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it led.
    pub whereabouts: Whereabouts,
    /// When the request's head was complete, in milliseconds since the epoch.
    pub arrived_unix_ms: u64,
    /// Microseconds from there to the end of the answer.
    pub latency_us: u64,
    /// Microseconds the integration took.
    pub integration_latency_us: Option<u64>,
    /// Bytes of request payload.
    pub request_bytes: u64,
    /// Bytes of response payload.
    pub response_bytes: u64,
    /// The status answered; 0 when the client was gone before there was one.
    pub status: u16,
    /// The status the integration answered.
    pub integration_status: Option<u16>,
    /// Why the gateway answered itself; `None` when an integration did.
    pub cause: Option<Cause>,
    /// The client's address.
    pub ip: IpAddr,
    /// `$context.requestId` of REST APIs.
    pub request_id: [u8; 36],
    /// `$context.extendedRequestId`
    pub extended_request_id: [u8; 16],
}

/// A text of the request that a format may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RequestText {
    /// `Host` or `:authority`.
    Authority,
    /// What `locate` took off the path.
    BasePath,
    /// The cipher suite's name.
    CipherSuite,
    /// The path that was routed.
    Path,
    /// `TLSv1.3` …
    TlsVersion,
    /// `User-Agent`
    UserAgent,
    /// The verb as spelled.
    Verb,
}

impl RequestText {
    const ALL: [RequestText; 7] = [
        Self::Authority,
        Self::BasePath,
        Self::CipherSuite,
        Self::Path,
        Self::TlsVersion,
        Self::UserAgent,
        Self::Verb,
    ];

    fn of<'a>(self, values: &Values<'a>) -> &'a [u8] {
        match self {
            Self::Authority => values.authority,
            Self::BasePath => values.base_path,
            Self::CipherSuite => values.cipher_suite,
            Self::Path => values.path,
            Self::TlsVersion => values.tls_version,
            Self::UserAgent => values.user_agent.unwrap_or_default(),
            Self::Verb => values.verb,
        }
    }
}

/// The texts that a format needs, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs(u8);

impl Needs {
    /// Every text, for a reader that wants to know all.
    pub const ALL: Needs = Needs((1 << RequestText::ALL.len()) - 1);

    /// Whether a text is needed.
    pub fn has(self, text: RequestText) -> bool {
        self.0 & (1 << text as u8) != 0
    }

    /// Adds what a variable is read from.
    pub fn insert(&mut self, variable: Variable) {
        let texts: &[RequestText] = match variable {
            Variable::DomainName | Variable::DomainPrefix => &[RequestText::Authority],
            Variable::Path => &[RequestText::BasePath, RequestText::Path],
            Variable::CipherSuite => &[RequestText::CipherSuite],
            Variable::TlsVersion => &[RequestText::TlsVersion],
            Variable::IdentityUserAgent => &[RequestText::UserAgent],
            Variable::HttpMethod => &[RequestText::Verb],
            _ => &[],
        };
        for text in texts {
            self.0 |= 1 << *text as u8;
        }
    }
}

/// Bytes of the fixed part.
///
/// ```text
///  0 len u32 | 4 needs u8 | 5 cause u8 | 6 status u16 | 8 integration status u16 | 10 ip 16 bytes
///  26 revision u64 | 34 stage u32 | 38 method u32 | 42 arrived | 50 latency | 58 integration latency
///  66 request bytes | 74 response bytes | 82 request id 36 | 118 extended request id 16 | 134 texts
/// ```
/// Numbers are little-endian; all bits set stands for none. Each text is its length as u16 and its
/// bytes, in the order of [`RequestText`]. `len` counts everything, itself included.
const FIXED_BYTES: usize = 134;

impl Record {
    /// What is kept of an exchange.
    pub fn of(
        facts: &Facts<'_>,
        outcome: &Outcome<'_>,
        cause: Option<Cause>,
        whereabouts: Whereabouts,
    ) -> Self {
        Self {
            whereabouts,
            arrived_unix_ms: facts.arrived.unix_ms,
            latency_us: outcome.latency_us,
            integration_latency_us: outcome.integration_latency_us,
            request_bytes: outcome.request_bytes,
            response_bytes: outcome.response_bytes,
            status: outcome.status,
            integration_status: outcome.integration_status,
            cause,
            ip: facts.client.ip,
            request_id: facts.ids.request_id,
            extended_request_id: facts.ids.extended_request_id,
        }
    }

    /// Appends the record with the texts of the request that are needed. Copies only.
    pub fn encode(&self, facts: &Facts<'_>, needs: Needs, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.fixed_bytes(needs));
        if needs != Needs::default() {
            let values = facts.values();
            for text in RequestText::ALL.into_iter().filter(|text| needs.has(*text)) {
                let bytes = text.of(&values);
                let len = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
                out.extend_from_slice(&len.to_le_bytes());
                out.extend_from_slice(&bytes[..usize::from(len)]);
            }
        }
        let len = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
        out[start..start + 4].copy_from_slice(&len.to_le_bytes());
    }

    fn fixed_bytes(&self, needs: Needs) -> [u8; FIXED_BYTES] {
        let mut fixed = [0; FIXED_BYTES];
        let mut put = |at: usize, bytes: &[u8]| fixed[at..at + bytes.len()].copy_from_slice(bytes);
        put(4, &[needs.0, self.cause.map_or(u8::MAX, Cause::number)]);
        put(6, &self.status.to_le_bytes());
        put(8, &self.integration_status.unwrap_or(u16::MAX).to_le_bytes());
        put(10, &ipv6(self.ip).octets());
        put(26, &self.whereabouts.revision.to_le_bytes());
        put(34, &self.whereabouts.stage.unwrap_or(u32::MAX).to_le_bytes());
        put(38, &self.whereabouts.method.unwrap_or(u32::MAX).to_le_bytes());
        put(42, &self.arrived_unix_ms.to_le_bytes());
        put(50, &self.latency_us.to_le_bytes());
        put(58, &self.integration_latency_us.unwrap_or(u64::MAX).to_le_bytes());
        put(66, &self.request_bytes.to_le_bytes());
        put(74, &self.response_bytes.to_le_bytes());
        put(82, &self.request_id);
        put(118, &self.extended_request_id);
        fixed
    }

    fn from_fixed_bytes(fixed: &[u8; FIXED_BYTES]) -> Self {
        let u16_at = |at| u16::from_le_bytes(array(fixed, at));
        let u32_at = |at| u32::from_le_bytes(array(fixed, at));
        let u64_at = |at| u64::from_le_bytes(array(fixed, at));
        let whereabouts = Whereabouts {
            revision: u64_at(26),
            stage: some_below(u32_at(34), u32::MAX),
            method: some_below(u32_at(38), u32::MAX),
        };
        Self {
            whereabouts,
            arrived_unix_ms: u64_at(42),
            latency_us: u64_at(50),
            integration_latency_us: some_below(u64_at(58), u64::MAX),
            request_bytes: u64_at(66),
            response_bytes: u64_at(74),
            status: u16_at(6),
            integration_status: some_below(u16_at(8), u16::MAX),
            cause: Cause::from_number(fixed[5]),
            ip: IpAddr::from(array::<16>(fixed, 10)).to_canonical(),
            request_id: array(fixed, 82),
            extended_request_id: array(fixed, 118),
        }
    }
}

fn ipv6(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    }
}

/// `N` bytes from `at`; the layout above keeps both within the fixed part.
fn array<const N: usize>(fixed: &[u8; FIXED_BYTES], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&fixed[at..at + N]);
    bytes
}

fn some_below<T: PartialOrd + Copy>(number: T, none: T) -> Option<T> {
    if number < none { Some(number) } else { None }
}

/// A record read back, with the texts that were encoded with it.
#[derive(Clone, Debug)]
pub struct DecodedRecord<'a> {
    /// The fixed part.
    pub record: Record,
    texts: [&'a [u8]; RequestText::ALL.len()],
    ids: Ids,
}

impl<'a> DecodedRecord<'a> {
    /// The record at the front of `bytes`, and what follows it; `None` where none is there whole.
    pub fn decode(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let len = u32::from_le_bytes(*bytes.first_chunk()?);
        let (own, rest) = bytes.split_at_checked(usize::try_from(len).ok()?)?;
        let (fixed, mut behind) = own.split_first_chunk::<FIXED_BYTES>()?;
        let needs = Needs(fixed[4]);
        let mut texts = [&[][..]; RequestText::ALL.len()];
        for text in RequestText::ALL.into_iter().filter(|text| needs.has(*text)) {
            let (len, after) = behind.split_first_chunk()?;
            let (bytes, after) = after.split_at_checked(u16::from_le_bytes(*len).into())?;
            texts[text as usize] = bytes;
            behind = after;
        }
        let record = Record::from_fixed_bytes(fixed);
        let ids = Ids {
            request_id: record.request_id,
            extended_request_id: record.extended_request_id,
            trace: [0; 20],
        };
        Some((Self { record, texts, ids }, rest))
    }

    /// A text of the request; empty where it was not encoded or the request had none.
    pub fn text(&self, text: RequestText) -> &'a [u8] {
        self.texts[text as usize]
    }

    /// How the exchange ended.
    pub fn outcome(&self, api_kind: ApiKind) -> Outcome<'static> {
        let record = &self.record;
        Outcome {
            status: record.status,
            request_bytes: record.request_bytes,
            response_bytes: record.response_bytes,
            latency_us: record.latency_us,
            integration_latency_us: record.integration_latency_us,
            integration_status: record.integration_status,
            integration_error: record.cause.and_then(Cause::integration_error),
            error: record.cause.map(|cause| gateway_response::reply(cause).error(api_kind)),
        }
    }

    /// What variables are read from.
    pub fn values<'v>(
        &'v self,
        stage: Option<&'v StageFacts>,
        method: Option<&'v MethodFacts>,
        outcome: &'v Outcome<'v>,
    ) -> Values<'v> {
        let user_agent = self.text(RequestText::UserAgent);
        Values {
            ids: &self.ids,
            arrived_unix_ms: self.record.arrived_unix_ms,
            ip: self.record.ip,
            verb: self.text(RequestText::Verb),
            base_path: self.text(RequestText::BasePath),
            path: self.text(RequestText::Path),
            authority: self.text(RequestText::Authority),
            user_agent: if user_agent.is_empty() { None } else { Some(user_agent) },
            tls_version: self.text(RequestText::TlsVersion),
            cipher_suite: self.text(RequestText::CipherSuite),
            stage,
            method,
            outcome: Some(outcome),
        }
    }
}
