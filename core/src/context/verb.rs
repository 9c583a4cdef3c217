//! Which verb does the client mean: the one on its request line, or the one in a header?

use crate::message::{KnownName, Request, Verb};

/// The verb that a REST API sees: `X-HTTP-Method-Override`, else the verb of the request line.
///
/// "When a request contains the X-HTTP-Method-Override header, API Gateway overrides the method."
/// Only from and to verbs that agree on bodies: a `HEAD` on either side would let the client and
/// the backend count the answer's bytes differently, so there the header is ignored, as it is
/// when it holds no verb that a method can have.
pub fn verb_of(request: Request<'_>) -> (Verb, &[u8]) {
    let own = (request.head.verb, request.verb_bytes());
    let Some(override_) = request.first(KnownName::XHttpMethodOverride) else { return own };
    if matches!(own.0, Verb::Head | Verb::Other) {
        return own;
    }
    match Verb::from_bytes(override_) {
        Verb::Head | Verb::Other => own,
        verb => (verb, verb.as_str().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use crate::context::testing::Exchange;

    use super::*;

    #[test]
    fn the_override_wins_where_bodies_agree() {
        let check = |line: &str, header: &str, expected| {
            let exchange = Exchange::new(line, &[("X-HTTP-Method-Override", header)]);
            assert_eq!(verb_of(exchange.request()).0, expected, "{line} {header}");
        };
        check("POST /", "PATCH", Verb::Patch);
        check("GET /", "DELETE", Verb::Delete);
        check("GET /", "HEAD", Verb::Get);
        check("HEAD /", "GET", Verb::Head);
        check("POST /", "patch", Verb::Post);
        check("POST /", "CONNECT", Verb::Post);
        check("PURGE /", "GET", Verb::Other);
    }
}
