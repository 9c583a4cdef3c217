//! Where in an exchange is a value read?

use crate::context::{Facts, Variable};
use crate::message::percent::decode_component_into;
use crate::message::{Field, Fields, KnownName, Response, Version};

use super::escaped::decode_form;
use super::query;

/// Where a value is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nowhere: AWS takes the header away before anything is mapped, or the variable is not set.
    Absent,
    /// A `$context` variable.
    Context(Variable),
    /// A header of the request.
    Header(Name, Take),
    /// The routed path, without stage, as sent.
    Path,
    /// The value of a path variable, by its position among those of the route; decoded.
    PathParameter(u16),
    /// The value of a path variable, by its name: for what serves several routes.
    NamedPathParameter(Box<str>),
    /// The values of a query parameter, by its decoded name; decoded.
    Query(Box<[u8]>, Take),
    /// A header of the integration's response.
    ResponseHeader(Name, Take),
}

/// Which of several values is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// All of them, joined by commas.
    Joined,
    /// The last one.
    Last,
}

/// The name of a header that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    spelled: Box<[u8]>,
    known: Option<KnownName>,
    is_case_sensitive: bool,
}

impl Name {
    /// A name found in whatever case it is sent.
    pub fn in_any_case(name: &str) -> Self {
        let known = KnownName::from_bytes(name.as_bytes());
        Self { spelled: name.as_bytes().into(), known, is_case_sensitive: false }
    }

    /// A name found only as it is spelled: "Header names are matched case-sensitively in
    /// mappings" of REST APIs.
    pub fn as_spelled(name: &str) -> Self {
        Self { is_case_sensitive: true, ..Self::in_any_case(name) }
    }

    /// Over HTTP/2 every name is in lower case (RFC 9113 §8.2.1), so case tells nothing there.
    fn matches(&self, field: &Field, bytes: &[u8], version: Version) -> bool {
        if self.known != field.known {
            return false;
        }
        let name = field.name.of_bytes(bytes);
        if self.is_case_sensitive && version != Version::Http2 {
            name == &*self.spelled
        } else {
            self.known.is_some() || name.eq_ignore_ascii_case(&self.spelled)
        }
    }
}

impl Source {
    /// Appends the value; `false`, with nothing appended, where the exchange has none.
    pub fn write(
        &self,
        facts: &Facts<'_>,
        response: Option<Response<'_>>,
        out: &mut Vec<u8>,
    ) -> bool {
        match self {
            Self::Absent => false,
            Self::Context(variable) => facts.write(*variable, out),
            Self::Header(name, take) => {
                let (bytes, head) = (facts.request.bytes, facts.request.head);
                write_fields(name, *take, (&head.fields, bytes, head.version), out)
                    || self.write_authority(facts, out)
            }
            Self::Path => {
                out.extend_from_slice(facts.path);
                true
            }
            Self::PathParameter(position) => write_path_parameter(facts, (*position).into(), out),
            Self::NamedPathParameter(name) => facts
                .method
                .and_then(|method| {
                    method.path_parameter_names.iter().position(|known| **known == **name)
                })
                .is_some_and(|position| write_path_parameter(facts, position, out)),
            Self::Query(name, take) => {
                let values = query::values(facts.request.query().unwrap_or_default(), name);
                write_all(values, *take, out, decode_form)
            }
            Self::ResponseHeader(name, take) => response.is_some_and(|response| {
                let fields = (&response.head.fields, response.bytes, response.head.version);
                write_fields(name, *take, fields, out)
            }),
        }
    }

    /// Over HTTP/2 the authority stands for `Host` (RFC 9113 §8.3.1).
    fn write_authority(&self, facts: &Facts<'_>, out: &mut Vec<u8>) -> bool {
        let Self::Header(Name { known: Some(KnownName::Host), .. }, _) = self else { return false };
        out.extend_from_slice(facts.request.authority());
        true
    }
}

fn write_path_parameter(facts: &Facts<'_>, position: usize, out: &mut Vec<u8>) -> bool {
    let value = facts.path_parameters.get(position);
    value.is_some_and(|value| {
        decode_component_into(value, out);
        true
    })
}

fn write_fields(
    name: &Name,
    take: Take,
    (fields, bytes, version): (&Fields, &[u8], Version),
    out: &mut Vec<u8>,
) -> bool {
    if name.known.is_some_and(|known| !fields.has(known)) {
        return false;
    }
    let matching = fields.iter().filter(|field| name.matches(field, bytes, version));
    let values = matching.map(|field| field.value.of_bytes(bytes));
    write_all(values, take, out, |value, out| out.extend_from_slice(value))
}

fn write_all<'v>(
    values: impl Iterator<Item = &'v [u8]>,
    take: Take,
    out: &mut Vec<u8>,
    write: impl Fn(&[u8], &mut Vec<u8>),
) -> bool {
    let before = out.len();
    let mut is_found = false;
    for value in values {
        match take {
            Take::Last => out.truncate(before),
            Take::Joined if is_found => out.push(b','),
            Take::Joined => {}
        }
        is_found = true;
        write(value, out);
    }
    is_found
}
