//! How does a panic in one exchange stay in that exchange?

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Runs a future and turns a panic inside it into an error.
///
/// The future is dropped where it panicked. What it shared with others must be usable after that:
/// workers share only counters, pools and the wheel, none of which is left half-changed across an
/// await.
pub struct Fence<F> {
    inner: Option<F>,
}

impl<F: Future + Unpin> Fence<F> {
    /// Puts a fence around `inner`.
    pub fn new(inner: F) -> Self {
        Self { inner: Some(inner) }
    }
}

/// What a panic said, where it said something.
#[derive(Debug, PartialEq, Eq)]
pub struct Panicked(pub String);

impl<F: Future + Unpin> Future for Fence<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(inner) = self.inner.as_mut() else {
            return Poll::Ready(Err(Panicked("polled after it had ended".to_owned())));
        };
        match catch_unwind(AssertUnwindSafe(|| Pin::new(inner).poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => {
                self.inner = None;
                Poll::Ready(Ok(output))
            }
            Err(payload) => {
                self.inner = None;
                Poll::Ready(Err(Panicked(message_of(payload.as_ref()))))
            }
        }
    }
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn check(future: impl Future<Output = u8>, expected: Result<u8, Panicked>) {
        let mut fence = Fence::new(Box::pin(future));
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(Pin::new(&mut fence).poll(&mut context), Poll::Ready(expected));
    }

    #[test]
    fn a_panic_becomes_an_error_with_its_message() {
        check(async { panic!("gone") }, Err(Panicked("gone".to_owned())));
        check(async { panic!("gone {}", 2) }, Err(Panicked("gone 2".to_owned())));
    }

    #[test]
    fn a_future_that_ends_well_is_not_touched() {
        check(async { 7 }, Ok(7));
    }
}
