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

/// `--access-log-format`: the name of one of AWS's presets in capitals, or a text with `$context`
/// variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLogFormat(String);

impl AccessLogFormat {
    /// `CLF`, `CSV`, `JSON`, `XML`, or the format's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccessLogFormat {
    type Err = String;

    /// AWS requires `$context.requestId` or `$context.extendedRequestId` and one line.
    fn from_str(text: &str) -> Result<Self, String> {
        const PRESETS: [&str; 4] = ["CLF", "CSV", "JSON", "XML"];
        if let Some(name) = PRESETS.into_iter().find(|name| name.eq_ignore_ascii_case(text)) {
            return Ok(Self(name.to_owned()));
        }
        let text = text.trim_end_matches('\n');
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
