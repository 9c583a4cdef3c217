//! In what ways can a message be unacceptable, and what is the sender told?

/// Why a message is refused.
///
/// After any of these the connection is closed: where this message ends is no longer certain, so
/// no later byte may be read as another one. The text is the detail for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Malformed {
    /// RFC 9112 §2.2: "A sender MUST NOT generate a bare CR".
    #[error("a carriage return without a line feed")]
    BareCarriageReturn,
    /// RFC 9112 §2.2 lets a recipient take it for a line end; those that don't see another message.
    #[error("a line feed without a carriage return")]
    BareLineFeed,
    /// RFC 9112 §2.2: "either reject the message as invalid or consume each whitespace-preceded line".
    #[error("a blank before the first field")]
    BlankBeforeFirstField,
    /// RFC 9112 §5.1: "A server MUST reject, with a response status code of 400 (Bad Request), any
    /// received request message that contains whitespace between a header field name and colon".
    #[error("a blank between field name and colon")]
    BlankBeforeColon,
    /// RFC 9110 §9.3.8: "A client MUST NOT send content in a TRACE request"; §8.6 forbids a length
    /// on 1xx and 204 responses.
    #[error("a body where none may be")]
    BodyNotAllowed,
    /// RFC 9112 §7.1.1: `chunk-ext-name = token`, the value a token or a quoted string.
    #[error("an invalid chunk extension")]
    ChunkExtensionInvalid,
    /// RFC 9112 §7.1.1: "A server ought to limit the total length of chunk extensions".
    #[error("chunk lines longer than their data justifies")]
    ChunkExtensionsTooLarge,
    /// RFC 9112 §7.1: `chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF`.
    #[error("chunk data not followed by a line end")]
    ChunkEndMissing,
    /// A chunk-size line longer than `CHUNK_LINE_BYTES_MAX`.
    #[error("a chunk-size line that is too long")]
    ChunkLineTooLong,
    /// RFC 9112 §7.1: `chunk-size = 1*HEXDIG`, and "prevent parsing errors due to integer conversion
    /// overflows".
    #[error("an invalid chunk size")]
    ChunkSizeInvalid,
    /// RFC 9112 §5: `field-line = field-name ":" OWS field-value OWS`.
    #[error("a field line without a colon")]
    ColonMissing,
    /// RFC 9110 §9.3.6: CONNECT makes a tunnel, and a gateway offers none.
    #[error("CONNECT is not offered")]
    ConnectNotOffered,
    /// RFC 9110 §7.6.1: `connection-option = token`.
    #[error("an invalid connection option")]
    ConnectionInvalid,
    /// RFC 9110 §7.6.1: "A sender MUST NOT send a connection option corresponding to a field that is
    /// intended for all recipients of the content".
    #[error("a connection option that names an end-to-end field")]
    ConnectionNamesEndToEndField,
    /// RFC 9113 §8.2.2: "Any message containing connection-specific header fields MUST be treated as
    /// malformed".
    #[error("a connection-specific field in HTTP/2")]
    ConnectionSpecificField,
    /// The two machines that read heads do not agree on this one.
    #[error("a head that cannot be vouched for")]
    Disputed,
    /// RFC 9110 §10.1.1: "A server that receives an Expect field value containing a member other than
    /// 100-continue MAY respond with a 417 (Expectation Failed) status code".
    #[error("an expectation other than 100-continue")]
    ExpectationUnknown,
    /// RFC 9110 §5.4: "larger than it wishes to process MUST respond with an appropriate 4xx".
    #[error("fields that are too large together")]
    FieldsTooLarge,
    /// More fields than `HEADER_COUNT_MAX`.
    #[error("too many fields")]
    FieldsTooMany,
    /// RFC 9112 §5.2: "A server that receives an obs-fold in a request message … MUST either reject
    /// the message by sending a 400 (Bad Request) …".
    #[error("a folded field line")]
    FoldedLine,
    /// A head longer than `HEAD_BYTES_MAX`.
    #[error("a head that is too large")]
    HeadTooLarge,
    /// RFC 9112 §3.2.2 would replace `Host` by the target's authority; a request that says two things
    /// is refused instead. RFC 9113 §8.3.1 says the same of `:authority`.
    #[error("a target whose authority is not that of Host")]
    HostDisagrees,
    /// A `Host` without a name; the request then has no authority that could find an API.
    #[error("an empty Host")]
    HostEmpty,
    /// RFC 9112 §3.2: 400 for "a Host header field with an invalid field value".
    #[error("an invalid authority")]
    HostInvalid,
    /// RFC 9112 §3.2: 400 "to any HTTP/1.1 request message that lacks a Host header field".
    #[error("no Host")]
    HostMissing,
    /// RFC 9112 §3.2: 400 for "more than one Host header field line".
    #[error("more than one Host")]
    HostRepeated,
    /// RFC 9112 §2.2: "SHOULD ignore at least one empty line (CRLF) received prior to the
    /// request-line"; we ignore one.
    #[error("more than one empty line before the request")]
    LeadingEmptyLines,
    /// RFC 9110 §8.6: `Content-Length = 1*DIGIT`.
    #[error("an invalid Content-Length")]
    LengthInvalid,
    /// RFC 9112 §6.3: a list of lengths is "an unrecoverable error" unless all are alike; we don't
    /// accept those either.
    #[error("more than one Content-Length")]
    LengthRepeated,
    /// RFC 9112 §6.3: "Such a message might indicate an attempt to perform request smuggling … and
    /// ought to be handled as an error".
    #[error("both Content-Length and Transfer-Encoding")]
    LengthWithTransferEncoding,
    /// RFC 9110 §5.6.2: `token = 1*tchar`.
    #[error("an empty field name")]
    NameEmpty,
    /// RFC 9110 §5.1: `field-name = token`.
    #[error("an invalid field name")]
    NameInvalid,
    /// A name such as `Content_Length`, which a server behind us may read as `Content-Length`.
    #[error("a field name that can be taken for another")]
    NameLooksLikeAnother,
    /// RFC 9113 §8.2.1: "A field name MUST NOT contain characters in the ranges … uppercase".
    #[error("an upper-case field name in HTTP/2")]
    NameUppercase,
    /// RFC 9113 §8.3.1: "All HTTP/2 requests MUST include exactly one valid value for the :method,
    /// :scheme, and :path pseudo-header fields".
    #[error("a missing pseudo-header field")]
    PseudoHeaderMissing,
    /// RFC 9113 §8.3: "Pseudo-header fields MUST NOT appear in a trailer section", nor unknown ones.
    #[error("a pseudo-header field where none may be")]
    PseudoHeaderUnexpected,
    /// RFC 9112 §4: `reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )`.
    #[error("an invalid reason phrase")]
    ReasonInvalid,
    /// RFC 9110 §7.4: "a request for an "https" resource MUST be rejected unless it has been received
    /// over a connection that has been secured".
    #[error("an https target on a connection without TLS")]
    SchemeNotSecured,
    /// A scheme other than http and https.
    #[error("an unknown scheme")]
    SchemeUnknown,
    /// RFC 9110 §15: a three-digit integer from 100.
    #[error("an invalid status")]
    StatusInvalid,
    /// RFC 9112 §3.2: asterisk-form is for OPTIONS alone, authority-form for CONNECT alone.
    #[error("a target form that the verb does not allow")]
    TargetFormNotAllowed,
    /// RFC 9112 §3: "Recipients of an invalid request-line SHOULD respond with either a 400 (Bad
    /// Request) error".
    #[error("an invalid target")]
    TargetInvalid,
    /// A request line without a target, or with more than one blank before it.
    #[error("no target")]
    TargetMissing,
    /// RFC 9112 §3: "A server that receives a request-target longer than any URI it wishes to parse
    /// MUST respond with a 414 (URI Too Long) status code".
    #[error("a target that is too long")]
    TargetTooLong,
    /// RFC 9110 §6.5.1: "a sender MUST NOT generate a trailer field unless the sender knows the
    /// corresponding header field name's definition permits" it.
    #[error("a field that no trailer may be")]
    TrailerForbidden,
    /// A trailer section longer than `TRAILER_BYTES_MAX`.
    #[error("a trailer section that is too large")]
    TrailersTooLarge,
    /// RFC 9112 §6.1: "A server or client that receives an HTTP/1.0 message containing a
    /// Transfer-Encoding header field MUST treat the message as if the framing is faulty".
    #[error("Transfer-Encoding in HTTP/1.0")]
    TransferEncodingInHttp10,
    /// RFC 9112 §6.3: when chunked "is not the final encoding … the server MUST respond with the 400
    /// (Bad Request) status code and then close the connection".
    #[error("an invalid Transfer-Encoding")]
    TransferEncodingInvalid,
    /// RFC 9112 §6.1: "A server that receives a request message with a transfer coding it does not
    /// understand SHOULD respond with 501 (Not Implemented)".
    #[error("an unknown transfer coding")]
    TransferEncodingUnknown,
    /// RFC 9110 §4.2.4: "a recipient … SHOULD parse for userinfo and treat its presence as an error".
    #[error("user information in the authority")]
    UserinfoPresent,
    /// RFC 9113 §8.2.1: "A field value MUST NOT start or end with an ASCII whitespace character".
    #[error("a blank around a field value in HTTP/2")]
    ValueBlankAround,
    /// RFC 9110 §5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous".
    #[error("a control character in a field value")]
    ValueInvalid,
    /// RFC 9112 §3: `method = token`.
    #[error("an invalid verb")]
    VerbInvalid,
    /// RFC 9112 §3: "A server that receives a method longer than any that it implements SHOULD respond
    /// with a 501 (Not Implemented) status code".
    #[error("a verb that is too long")]
    VerbTooLong,
    /// RFC 9112 §2.3: `HTTP-version = HTTP-name "/" DIGIT "." DIGIT`, in capitals.
    #[error("an invalid protocol version")]
    VersionInvalid,
    /// A request line without version, as HTTP/0.9 has it.
    #[error("no protocol version")]
    VersionMissing,
    /// A version other than 1.0 and 1.1.
    #[error("a protocol version that is not supported")]
    VersionUnsupported,
}

impl Malformed {
    /// The status of the answer to a request that is refused so.
    ///
    /// A response that is refused costs its exchange a 502, whatever the reason.
    pub fn status(self) -> u16 {
        match self {
            Self::TargetTooLong => 414,
            Self::ExpectationUnknown => 417,
            Self::FieldsTooLarge | Self::FieldsTooMany | Self::HeadTooLarge => 431,
            Self::ConnectNotOffered | Self::TransferEncodingUnknown | Self::VerbTooLong => 501,
            Self::VersionUnsupported => 505,
            _ => 400,
        }
    }
}
