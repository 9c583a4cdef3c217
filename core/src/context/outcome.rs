//! How did an exchange end?

/// What came of an exchange, as far as it is known.
///
/// Gateway responses read `status` and `error` while the answer is being written; access logs
/// read everything once it has been.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome<'a> {
    /// The status answered; 0 while there is none.
    pub status: u16,
    /// Bytes of request payload read.
    pub request_bytes: u64,
    /// Bytes of response payload written.
    pub response_bytes: u64,
    /// Microseconds from the request's head to the end of the answer.
    pub latency_us: u64,
    /// Microseconds the integration took; `None` when none was called.
    pub integration_latency_us: Option<u64>,
    /// The status the integration answered; `None` when it answered nothing.
    pub integration_status: Option<u16>,
    /// What went wrong between gateway and integration, for the log only.
    pub integration_error: Option<&'a str>,
    /// The gateway's own error, when the gateway and not the integration answered.
    pub error: Option<GatewayError<'a>>,
}

/// An error that the gateway answered itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayError<'a> {
    /// The sentence for the client; `None` renders as `null`, as AWS has it for authorizer errors.
    pub message: Option<&'a str>,
    /// The gateway response type; `None` for HTTP APIs, which have none.
    pub response_type: Option<&'static str>,
    /// Details of a failed validation.
    pub validation: Option<&'a str>,
}
