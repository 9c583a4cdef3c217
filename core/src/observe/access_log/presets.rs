//! Which formats does AWS's console offer by name?

/// The format called `name`, in whatever case.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    let preset = PRESETS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    preset.map(|(_, format)| format)
}

const PRESETS: [(&str, &str); 4] = [("CLF", CLF), ("CSV", CSV), ("JSON", JSON), ("XML", XML)];

const CLF: &str = concat!(
    "$context.identity.sourceIp $context.identity.caller $context.identity.user ",
    "[$context.requestTime]\"$context.httpMethod $context.resourcePath $context.protocol\" ",
    "$context.status $context.responseLength $context.requestId $context.extendedRequestId",
);

const CSV: &str = concat!(
    "$context.identity.sourceIp,$context.identity.caller,$context.identity.user,",
    "$context.requestTime,$context.httpMethod,$context.resourcePath,$context.protocol,",
    "$context.status,$context.responseLength,$context.requestId,$context.extendedRequestId",
);

const JSON: &str = concat!(
    r#"{ "requestId":"$context.requestId", "#,
    r#""extendedRequestId":"$context.extendedRequestId","#,
    r#""ip": "$context.identity.sourceIp", "caller":"$context.identity.caller", "#,
    r#""user":"$context.identity.user", "requestTime":"$context.requestTime", "#,
    r#""httpMethod":"$context.httpMethod", "resourcePath":"$context.resourcePath", "#,
    r#""status":"$context.status", "protocol":"$context.protocol", "#,
    r#""responseLength":"$context.responseLength" }"#,
);

const XML: &str = concat!(
    r#"<request id="$context.requestId"> "#,
    "<extendedRequestId>$context.extendedRequestId</extendedRequestId> ",
    "<ip>$context.identity.sourceIp</ip> <caller>$context.identity.caller</caller> ",
    "<user>$context.identity.user</user> <requestTime>$context.requestTime</requestTime> ",
    "<httpMethod>$context.httpMethod</httpMethod> ",
    "<resourcePath>$context.resourcePath</resourcePath> <status>$context.status</status> ",
    "<protocol>$context.protocol</protocol> ",
    "<responseLength>$context.responseLength</responseLength> </request>",
);
