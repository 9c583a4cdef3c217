//! How is one word of the command line read, and what is said when it is wrong?

use std::str::FromStr;
use std::time::Duration;

use tollgate_core::limits::{
    STAGE_VARIABLE_NAME_CHARACTERS_MAX, STAGE_VARIABLE_VALUE_CHARACTERS_MAX,
};

/// One `name=value` of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageVariable {
    /// `[A-Za-z0-9_]`, at most 64 characters.
    pub name: String,
    /// `[A-Za-z0-9-._~:/?#&=,]`, at most 512 characters; may be empty.
    pub value: String,
}

impl FromStr for StageVariable {
    type Err = String;

    /// "Stage variable names can have alphanumeric and underscore characters, and the values must
    /// match `[A-Za-z0-9-._~:/?#&=,]+`" (developer guide, stage variables).
    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, value)) = text.split_once('=') else {
            return Err("write name=value, such as backend=pets.internal:8080".to_owned());
        };
        let is_named = !name.is_empty() && name.len() <= STAGE_VARIABLE_NAME_CHARACTERS_MAX;
        if !is_named || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(format!("the name '{name}' must be 1 to 64 letters, digits and '_'"));
        }
        let stray =
            value.chars().find(|c| !c.is_ascii_alphanumeric() && !"-._~:/?#&=,".contains(*c));
        match stray {
            _ if value.len() > STAGE_VARIABLE_VALUE_CHARACTERS_MAX => {
                Err(format!("the value of '{name}' must be at most 512 characters"))
            }
            Some(stray) => Err(format!(
                "the value of '{name}' holds '{stray}'; letters, digits and -._~:/?#&=, are allowed"
            )),
            None => Ok(Self { name: name.to_owned(), value: value.to_owned() }),
        }
    }
}

/// Reads `500ms`, `30s`, `2m` or `1h`; zero is refused, because every wait has an end and a length.
///
/// # Errors
/// What is wrong and what to write instead.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match duration_or_zero(text) {
        Ok(Duration::ZERO) => Err("must be longer than zero".to_owned()),
        read => read,
    }
}

/// Reads `0s`, `500ms`, `30s`, `2m` or `1h`.
///
/// # Errors
/// What is wrong and what to write instead.
pub(super) fn duration_or_zero(text: &str) -> Result<Duration, String> {
    const EXAMPLE: &str = "write a number and a unit, such as 500ms, 30s, 2m or 1h";
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "" if digits > 0 => return Err(format!("the unit is missing; {EXAMPLE}")),
        _ => return Err(EXAMPLE.to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| EXAMPLE.to_owned())?;
    match number.checked_mul(unit_ms) {
        Some(ms) if ms <= DURATION_MS_MAX => Ok(Duration::from_millis(ms)),
        _ => Err("must be at most 24h".to_owned()),
    }
}

/// The longest wait that can be asked for; beyond a day a limit is no limit.
const DURATION_MS_MAX: u64 = 24 * 3_600_000;

/// Reads an account id: twelve digits, hyphens between them allowed as the console prints them.
///
/// # Errors
/// What is wrong and what to write instead.
pub(super) fn account_id(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(digits);
    }
    Err("must be twelve digits, such as 123456789012".to_owned())
}

/// Reads a region's name.
///
/// # Errors
/// What is wrong and what to write instead.
pub(super) fn region(text: &str) -> Result<String, String> {
    let is_word = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if text.len() <= 32 && text.contains('-') && text.split('-').all(is_word) {
        return Ok(text.to_owned());
    }
    Err("must be lower-case words joined by '-', such as us-east-1".to_owned())
}

/// Reads a stage's name: letters, digits, `_` and `-`, or `$default` (HTTP APIs).
///
/// # Errors
/// What is wrong and what to write instead.
pub(super) fn stage_name(text: &str) -> Result<String, String> {
    let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if text == "$default" || (is_plain && (1..=128).contains(&text.len())) {
        return Ok(text.to_owned());
    }
    Err("must be 1 to 128 letters, digits, '_' and '-', or $default for an HTTP API".to_owned())
}

/// Reads a host as it stands in an integration's URI: a name or a literal address, without port.
///
/// # Errors
/// What is wrong and what to write instead.
pub(super) fn host(text: &str) -> Result<String, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let is_host = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    let is_address = bare.parse::<std::net::IpAddr>().is_ok();
    if is_address || (!bare.is_empty() && bare.len() <= 253 && bare.bytes().all(is_host)) {
        return Ok(bare.trim_end_matches('.').to_ascii_lowercase());
    }
    Err("must be a host without scheme, port or path, such as metadata.internal".to_owned())
}

/// Reads what `--why` asks about: a verb and a path.
///
/// # Errors
/// What is wrong and what to write instead.
pub(super) fn question(text: &str) -> Result<(String, String), String> {
    match text.split_once(' ') {
        Some((verb, path)) if !verb.is_empty() && path.starts_with('/') => {
            Ok((verb.to_ascii_uppercase(), path.to_owned()))
        }
        _ => Err("write a verb and a path, such as 'GET /pets/1'".to_owned()),
    }
}
