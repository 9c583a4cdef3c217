//! How does a record become a line?

use tollgate_core::observe::{DecodedRecord, access_log};

use crate::publication::Published;

/// Appends the line of a record in its stage's format to `lines`; nothing where the stage keeps no
/// access log. Requests that no stage took are not logged.
pub fn render_access(published: &Published, record: &[u8], lines: &mut Vec<u8>) {
    let Some((record, _)) = DecodedRecord::decode(record) else { return };
    let whereabouts = record.record.whereabouts;
    let at = |position: Option<u32>| position.and_then(|position| usize::try_from(position).ok());
    let stage = at(whereabouts.stage).and_then(|stage| published.snapshot.stages.get(stage));
    let Some((stage, format)) = stage.and_then(|s| Some((s, s.access_log.as_ref()?))) else {
        return;
    };
    let method = at(whereabouts.method).and_then(|method| stage.methods.get(method));
    let method = method.map(|method| &method.facts);
    access_log::render(format, &record, Some(&stage.facts), method, lines);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tollgate_core::context::{Client, Facts, Ids, Outcome};
    use tollgate_core::manage::{Document, Settings, Source, import_files};
    use tollgate_core::message::{Request, RequestHead, Scheme};
    use tollgate_core::observe::{Needs, Record, Whereabouts};
    use tollgate_core::snapshot::{Rules, compile};
    use tollgate_core::time::Now;
    use tollgate_core::wire::parse_request;

    use super::*;

    const DOCUMENT: &str = r#"
openapi: 3.0.1
info: {title: Pets, version: "1"}
x-tollgate-kind: rest
x-tollgate-id: abcdefghij
paths:
  /pets:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "http://127.0.0.1:8080"}
"#;

    /// What is published of one method, with an access log of this format.
    fn published(format: Option<&str>) -> Published {
        let document = Document { name: "pets.yaml".to_owned(), text: DOCUMENT.to_owned() };
        let settings =
            Settings { access_log_format: format.map(str::to_owned), ..Settings::default() };
        let sources = [Source { document, base_path: String::new() }];
        let imported = import_files(&sources, &settings);
        let (snapshot, problems) = compile(&imported.installation, 1, Rules::default(), None);
        let snapshot = snapshot.unwrap_or_else(|| panic!("{problems:?}"));
        let snapshot = Arc::new(snapshot);
        Published { revision: 1, snapshot, targets: Vec::new(), stage_slots: vec![1] }
    }

    /// The line of one request that ended well at this place of the snapshot.
    fn line(published: &Published, stage: Option<u32>, method: Option<u32>) -> String {
        let bytes = b"GET /pets HTTP/1.1\r\nHost: a\r\nUser-Agent: \"x\"\r\n\r\n";
        let mut head = RequestHead::default();
        parse_request(bytes, Scheme::Http, &mut head).expect("it is well formed");
        let ids = Ids { request_id: [b'r'; 36], extended_request_id: [b'e'; 16], trace: [0; 20] };
        let facts = Facts {
            request: Request { bytes, head: &head },
            client: Client {
                ip: [10, 0, 0, 1].into(),
                port: 1,
                local_port: 80,
                scheme: Scheme::Http,
                tls: None,
            },
            ids: &ids,
            arrived: Now::default(),
            stage: None,
            base_path: b"",
            path: b"/pets",
            method: None,
            path_parameters: &[],
            outcome: None,
        };
        let outcome = Outcome { status: 200, response_bytes: 5, ..Outcome::default() };
        let whereabouts = Whereabouts { revision: 1, stage, method };
        let mut record = Vec::new();
        Record::of(&facts, &outcome, None, whereabouts).encode(&facts, Needs::ALL, &mut record);
        let mut lines = Vec::new();
        render_access(published, &record, &mut lines);
        String::from_utf8(lines).expect("text")
    }

    #[test]
    fn a_record_becomes_a_line_in_its_stages_format() {
        let format = "$context.apiId $context.httpMethod $context.resourcePath $context.status \
                      $context.identity.sourceIp $context.extendedRequestId";
        assert_eq!(
            line(&published(Some(format)), Some(0), Some(0)),
            "abcdefghij GET /pets 200 10.0.0.1 eeeeeeeeeeeeeeee\n"
        );
    }

    #[test]
    fn a_preset_is_known_by_name_and_makes_valid_json() {
        let line = line(&published(Some("JSON")), Some(0), Some(0));
        let object: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(object["status"], "200");
        assert_eq!(object["resourcePath"], "/pets");
    }

    #[test]
    fn what_no_stage_took_or_no_stage_logs_has_no_line() {
        let format = Some("$context.requestId");
        assert_eq!(line(&published(format), None, None), "");
        assert_eq!(line(&published(format), Some(7), None), "");
        assert_eq!(line(&published(None), Some(0), Some(0)), "");
        let mut lines = Vec::new();
        render_access(&published(format), b"no record", &mut lines);
        assert!(lines.is_empty());
    }
}
