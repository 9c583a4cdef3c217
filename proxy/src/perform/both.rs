//! How do two directions of one exchange go on at once within one task?

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// A future that runs beside another and is asked for its output later.
pub(super) struct Beside<F: Future> {
    state: State<F>,
}

enum State<F: Future> {
    Running(F),
    Ended(F::Output),
}

impl<F: Future + Unpin> Beside<F> {
    /// Puts `future` beside whatever is run with [`Beside::run`].
    pub(super) fn new(future: F) -> Self {
        Self { state: State::Running(future) }
    }

    /// The output, once there is one.
    pub(super) fn output(&self) -> Option<&F::Output> {
        match &self.state {
            State::Running(_) => None,
            State::Ended(output) => Some(output),
        }
    }

    /// The output itself, where the future has ended; else it is dropped.
    pub(super) fn into_output(self) -> Option<F::Output> {
        match self.state {
            State::Running(_) => None,
            State::Ended(output) => Some(output),
        }
    }

    /// Runs `main` to its end while this future goes on beside it; `on_end` hears its output.
    ///
    /// Neither is dropped at a wait: an operation that the kernel holds would lose its bytes.
    pub(super) async fn run<M: Future>(
        &mut self,
        main: M,
        on_end: impl Fn(&F::Output),
    ) -> M::Output {
        let mut main = std::pin::pin!(main);
        poll_fn(|context| {
            if let State::Running(future) = &mut self.state
                && let Poll::Ready(output) = Pin::new(future).poll(context)
            {
                on_end(&output);
                self.state = State::Ended(output);
            }
            main.as_mut().poll(context)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    /// Runs a future that is always ready when polled again.
    fn run<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
        }
    }

    /// Ready with `value` after `polls` polls.
    fn after(polls: u32, value: u8) -> impl Future<Output = u8> {
        let mut left = polls;
        poll_fn(move |_| match left {
            0 => Poll::Ready(value),
            _ => {
                left -= 1;
                Poll::Pending
            }
        })
    }

    fn check(beside_polls: u32, main_polls: u32, is_ended_first: bool) {
        let mut beside = Beside::new(Box::pin(after(beside_polls, 1)));
        assert_eq!(run(beside.run(after(main_polls, 2), |_| {})), 2);
        assert_eq!(beside.output().is_some(), is_ended_first);
        let expected = if is_ended_first { Some(&1) } else { None };
        assert_eq!(beside.output(), expected);
    }

    #[test]
    fn whichever_ends_first_the_other_is_kept() {
        check(1, 3, true);
        check(3, 1, false);
        check(0, 0, true);
    }
}
