//! What is the least an origin can do for a request?

use std::sync::LazyLock;

use monoio::io::AsyncReadRent;
use monoio::net::TcpStream;

use crate::limits::{HEAD_BYTES_MAX, PLAIN_PIPELINE_MAX};
use crate::net;

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n";
const BODY_BYTES: usize = 128;

/// As many answers in a row as one write may carry.
static ANSWERS: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let mut answer = HEAD.as_bytes().to_vec();
    answer.resize(HEAD.len() + BODY_BYTES, b'x');
    answer.repeat(PLAIN_PIPELINE_MAX).into_boxed_slice()
});

/// Answers each head on `stream` with 128 bytes. Requests must not have bodies: theirs would be
/// taken for the beginning of the next head.
pub(super) async fn serve(mut stream: TcpStream) {
    let answers: &'static [u8] = &ANSWERS;
    let answer_bytes = HEAD.len() + BODY_BYTES;
    let mut inbox = Vec::with_capacity(4096);
    loop {
        let result;
        (result, inbox) = if inbox.is_empty() {
            stream.read(inbox).await
        } else {
            net::read_more(&mut stream, inbox).await
        };
        if !matches!(result, Ok(1..)) || inbox.len() > HEAD_BYTES_MAX {
            return;
        }
        let mut count = take_heads(&mut inbox);
        while count > 0 {
            let batch = count.min(PLAIN_PIPELINE_MAX);
            let (result, _) = net::write_all(&mut stream, &answers[..batch * answer_bytes]).await;
            if result.is_err() {
                return;
            }
            count -= batch;
        }
    }
}

/// Takes the whole heads off the front of `inbox` and says how many they were.
fn take_heads(inbox: &mut Vec<u8>) -> usize {
    let (mut count, mut taken) = (0, 0);
    for end in memchr::memmem::find_iter(inbox, b"\r\n\r\n") {
        count += 1;
        taken = end + 4;
    }
    if taken == inbox.len() {
        inbox.clear();
    } else {
        inbox.drain(..taken);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: (usize, &str)) {
        let mut inbox = input.as_bytes().to_vec();
        let count = take_heads(&mut inbox);
        assert_eq!((count, String::from_utf8_lossy(&inbox).as_ref()), expected, "{input:?}");
    }

    #[test]
    fn whole_heads_are_counted_and_the_rest_is_kept() {
        check("", (0, ""));
        check("GET / HTTP/1.1\r\n", (0, "GET / HTTP/1.1\r\n"));
        check("GET / HTTP/1.1\r\n\r\n", (1, ""));
        check("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGE", (2, "GE"));
    }

    #[test]
    fn the_answer_has_a_body_of_128_bytes() {
        let answer = &ANSWERS[..HEAD.len() + BODY_BYTES];
        assert_eq!(answer.len() * PLAIN_PIPELINE_MAX, ANSWERS.len());
        assert!(answer.ends_with(&[b'x'; BODY_BYTES]));
    }
}
