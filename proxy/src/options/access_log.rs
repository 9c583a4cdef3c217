//! Where do access logs go, and what does a line look like?

use std::path::PathBuf;
use std::str::FromStr;

use tollgate_core::limits::ACCESS_LOG_FORMAT_BYTES_MAX;

/// `--access-log`: a file, standard output, or nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessLogTarget {
    /// No access log is written.
    Off,
    /// Standard output (`-`).
    Stdout,
    /// Appended to a file, which is opened again on SIGHUP.
    File(PathBuf),
}

impl FromStr for AccessLogTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("write a path, '-' for standard output, or 'off'".to_owned()),
            "off" => Ok(Self::Off),
            "-" => Ok(Self::Stdout),
            path => Ok(Self::File(PathBuf::from(path))),
        }
    }
}

/// `--access-log-format`: one of AWS's presets, or a text with `$context` variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLogFormat(String);

impl AccessLogFormat {
    /// The format with its `$context` variables.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccessLogFormat {
    type Err = String;

    /// AWS requires `$context.requestId` or `$context.extendedRequestId` and one line.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = preset(text).unwrap_or(text).trim_end_matches('\n');
        if !text.contains("$context.") {
            return Err("write json, clf, csv, xml, or a text with $context variables".to_owned());
        }
        if text.contains('\n') {
            return Err("the format must be a single line".to_owned());
        }
        if !text.contains("$context.requestId") && !text.contains("$context.extendedRequestId") {
            return Err(
                "the format must hold $context.requestId or $context.extendedRequestId".to_owned()
            );
        }
        if text.len() > ACCESS_LOG_FORMAT_BYTES_MAX {
            return Err(format!("the format must be at most {ACCESS_LOG_FORMAT_BYTES_MAX} bytes"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// AWS's presets ("Access log examples", developer guide), by the name the console gives them.
fn preset(name: &str) -> Option<&'static str> {
    match name {
        "clf" => Some(CLF),
        "csv" => Some(CSV),
        "json" => Some(JSON),
        "xml" => Some(XML),
        _ => None,
    }
}

const CLF: &str = "$context.identity.sourceIp $context.identity.caller $context.identity.user \
    [$context.requestTime]\"$context.httpMethod $context.resourcePath $context.protocol\" \
    $context.status $context.responseLength $context.requestId $context.extendedRequestId";
const CSV: &str = "$context.identity.sourceIp,$context.identity.caller,$context.identity.user,\
    $context.requestTime,$context.httpMethod,$context.resourcePath,$context.protocol,\
    $context.status,$context.responseLength,$context.requestId,$context.extendedRequestId";
const JSON: &str = "{ \"requestId\":\"$context.requestId\", \
    \"extendedRequestId\":\"$context.extendedRequestId\",\"ip\": \"$context.identity.sourceIp\", \
    \"caller\":\"$context.identity.caller\", \"user\":\"$context.identity.user\", \
    \"requestTime\":\"$context.requestTime\", \"httpMethod\":\"$context.httpMethod\", \
    \"resourcePath\":\"$context.resourcePath\", \"status\":\"$context.status\", \
    \"protocol\":\"$context.protocol\", \"responseLength\":\"$context.responseLength\" }";
const XML: &str = "<request id=\"$context.requestId\"> \
    <extendedRequestId>$context.extendedRequestId</extendedRequestId> \
    <ip>$context.identity.sourceIp</ip> <caller>$context.identity.caller</caller> \
    <user>$context.identity.user</user> <requestTime>$context.requestTime</requestTime> \
    <httpMethod>$context.httpMethod</httpMethod> \
    <resourcePath>$context.resourcePath</resourcePath> <status>$context.status</status> \
    <protocol>$context.protocol</protocol> \
    <responseLength>$context.responseLength</responseLength> </request>";
