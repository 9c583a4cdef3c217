//! What is the bound of each thing, why that number, and what does AWS call it?
//!
//! One line per limit, sorted. Everything that can grow has its bound here.

/// Bytes of an access-log format (AWS: access log template, 3 KB).
pub const ACCESS_LOG_FORMAT_BYTES_MAX: usize = 3 * 1024;
/// Bytes that chunk-size lines may take beyond what the data they carry justifies (16 and twice the data, per
/// chunk): a sender of one-byte chunks with long extensions costs more to read than it says.
pub const CHUNK_EXCESS_BYTES_MAX: u64 = 16 * 1024;
/// Bytes of one chunk-size line with its extensions; longer lines are an attack on the parser's time.
pub const CHUNK_LINE_BYTES_MAX: usize = 256;
/// Bytes of an OpenAPI document (AWS: definition file, 6 MB).
pub const DEFINITION_BYTES_MAX: usize = 6 * 1024 * 1024;
/// Levels of lists and objects in a document; deeper nesting is an attack on the reader's stack.
pub const DEFINITION_DEPTH_MAX: usize = 100;
/// Values that the references of one document may expand to, shared targets counted at each use;
/// far above any real API, far below what a crafted document could ask for.
pub const DEFINITION_EXPANSION_MAX: usize = 1_000_000;
/// Problems reported for one document; what lies behind is counted, not shown.
pub const DEFINITION_PROBLEMS_MAX: usize = 1_000;
/// Bytes of all header names, values and line ends (AWS: "total combined size of header values", 10,240).
pub const HEADERS_BYTES_MAX: usize = 10_240;
/// Header fields in one head.
pub const HEADER_COUNT_MAX: usize = 128;
/// Bytes of a request's or response's head on the wire: AWS allows 10,240 for the request line and
/// 10,240 for the headers; what is above that but below this is refused politely, the rest is cut.
pub const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Bytes of a host name in text form (RFC 1035 §2.3.4 allows 255 octets on the wire, which is 253 characters).
pub const HOST_BYTES_MAX: usize = 253;
/// Requests one HTTP/2 connection carries at once (RFC 9113 §6.5.2 advises no fewer than 100).
pub const HTTP2_CONCURRENT_STREAMS_MAX: u32 = 128;
/// Bytes that one HTTP/2 connection's clients may send beyond what exchanges have taken.
pub const HTTP2_CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// What small HTTP/2 DATA frames that nobody has taken yet may waste, in bytes below 256 each.
pub const HTTP2_DATA_FRAME_BUDGET: usize = 128 * 1024;
/// Frames that cost us and gain the client nothing which an HTTP/2 client may send at once.
pub const HTTP2_FRAME_CREDIT_MAX: u32 = 2_000;
/// How fast an HTTP/2 client earns that credit anew.
pub const HTTP2_FRAME_CREDIT_PER_SECOND: u64 = 200;
/// Bytes of a header list in HTTP/2, with 32 for each field (RFC 9113 §6.5.2): what HTTP/1 may have
/// and a little more, so that the excess is refused by the same rules.
pub const HTTP2_HEADER_LIST_BYTES_MAX: u32 = 32 * 1024;
/// Requests of one HTTP/2 connection that may be broken so that we must reset them.
pub const HTTP2_LOCAL_ERRORS_MAX: usize = 128;
/// Requests an HTTP/2 client may reset before they were even accepted.
pub const HTTP2_PENDING_RESETS_MAX: usize = 50;
/// Requests an HTTP/2 client may reset before they make up half of all: then it is an attack.
pub const HTTP2_RESETS_MIN: u64 = 200;
/// Streams reset by us that are remembered for frames still on their way.
pub const HTTP2_RESET_STREAMS_REMEMBERED: usize = 50;
/// Bytes that wait in one HTTP/2 stream for the client to take them.
pub const HTTP2_SEND_BUFFER_BYTES_MAX: usize = 64 * 1024;
/// Bytes that one HTTP/2 stream's client may send beyond what its exchange has taken.
pub const HTTP2_STREAM_WINDOW_BYTES: u32 = 128 * 1024;
/// Milliseconds an HTTP API waits for its integration, the default and the maximum (AWS: 30 s).
pub const HTTP_API_INTEGRATION_TIMEOUT_MS_MAX: u32 = 30_000;
/// Milliseconds below which AWS refuses an integration timeout (`timeoutInMillis`).
pub const INTEGRATION_TIMEOUT_MS_MIN: u32 = 50;
/// Segments of a route's path; bounds how deep a look-up goes.
pub const PATH_SEGMENTS_MAX: usize = 64;
/// Bytes of one literal segment of a route's path, and of a base path (AWS: API mapping key, 300).
pub const PATH_SEGMENT_BYTES_MAX: usize = 300;
/// Path variables one route may capture.
pub const PATH_VARIABLES_MAX: usize = 32;
/// Bytes of a payload (AWS: payload size, 10 MB), in either direction.
pub const PAYLOAD_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// Milliseconds a REST API waits for its integration, the default and the maximum (AWS: 29 s).
pub const REST_API_INTEGRATION_TIMEOUT_MS_MAX: u32 = 29_000;
/// Milliseconds a REST API waits for an integration that streams its response (AWS: 15 minutes).
pub const REST_API_STREAM_TIMEOUT_MS_MAX: u32 = 900_000;
/// Stage variables of one stage (AWS: 100).
pub const STAGE_VARIABLES_MAX: usize = 100;
/// Characters of a stage variable's name (AWS: 64).
pub const STAGE_VARIABLE_NAME_CHARACTERS_MAX: usize = 64;
/// Characters of a stage variable's value (AWS: 512).
pub const STAGE_VARIABLE_VALUE_CHARACTERS_MAX: usize = 512;
/// Bytes of a request target (AWS: URL length, 10,240 for regional endpoints).
pub const TARGET_BYTES_MAX: usize = 10_240;
/// Bytes of a chunked body's trailer section.
pub const TRAILER_BYTES_MAX: usize = 4 * 1024;
/// Bytes of a verb; the longest registered one, `UPDATEREDIRECTREF`, has 17.
pub const VERB_BYTES_MAX: usize = 32;
