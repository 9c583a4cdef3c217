//! What is the bound of each thing, and why that number?

/// Bytes of a request body the origin keeps to echo it; what is longer is read and counted only.
pub const ECHO_BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Bytes of a body the origin makes up.
pub const ORIGIN_BODY_BYTES_MAX: u64 = 1 << 30;
/// Chunks of an answer the origin sends in chunks.
pub const ORIGIN_CHUNKS_MAX: u64 = 100_000;
/// Extra header fields the origin adds on request.
pub const ORIGIN_HEADERS_MAX: u64 = 1_000;
/// Milliseconds the origin waits on request.
pub const ORIGIN_DELAY_MS_MAX: u64 = 3_600_000;
/// Whole answers the origin keeps encoded, one for each body size asked for.
pub const ORIGIN_ANSWERS_KEPT_MAX: usize = 64;
/// Bytes of an answer worth keeping encoded.
pub const ORIGIN_ANSWER_KEPT_BYTES_MAX: u64 = 1 << 20;
/// Bytes of a head; longer ones are refused by the origin and an error for the generator.
pub const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Header fields in one head.
pub const HEADER_COUNT_MAX: usize = 256;
/// Bytes of a chunk-size or trailer line.
pub const CHUNK_LINE_BYTES_MAX: usize = 8 * 1024;
/// Bytes read from a socket at once.
pub const READ_BYTES: usize = 16 * 1024;
/// Pipelined requests the plain origin answers with one write.
pub const PLAIN_PIPELINE_MAX: usize = 64;
/// Entries of an io_uring.
pub const RING_ENTRIES: u32 = 4096;
/// Connections waiting to be accepted.
pub const BACKLOG: i32 = 4096;
/// Threads of one tool.
pub const THREADS_MAX: usize = 256;
/// Connections of one run.
pub const CONNECTIONS_MAX: usize = 1_000_000;
/// Concurrent HTTP/2 streams of one connection.
pub const STREAMS_MAX: usize = 1_000;
/// Requests that wait for a free connection; above that the run is lost anyway and they count as dropped.
pub const WAITING_MAX: usize = 1_000_000;
/// Requests per second of one run; above that the arithmetic of arrivals would lose its precision.
pub const RATE_MAX: f64 = 100_000_000.0;
/// Seconds of one run.
pub const DURATION_SECONDS_MAX: u64 = 24 * 3600;
/// Nanoseconds of the longest latency told apart from longer ones.
pub const LATENCY_NS_MAX: u64 = 300_000_000_000;
/// Nanoseconds below which latencies are not told apart.
pub const LATENCY_NS_MIN: u64 = 1_000;
/// Bytes buffered in each direction between an HTTP/2 connection and its socket.
pub const DUPLEX_BYTES_MAX: usize = 256 * 1024;
/// Requests handed out by one wake-up of the clock, so that a late clock cannot starve the sockets.
pub const ARRIVALS_PER_WAKE_MAX: usize = 256;
/// Reports of one second each that wait for the view; when it is slower, seconds are merged.
pub const INTERVALS_WAITING_MAX: usize = 64;
