//! Who takes the next request that is due?

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Instant;

use crate::limits;

/// Requests that are due and lanes that are free, on one thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    due: VecDeque<Instant>,
    free: VecDeque<Waker>,
    is_closed: bool,
}

/// What became of a request when it became due.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Pushed {
    /// A lane was free for it.
    Taken,
    /// All lanes were busy; it waits, and its latency grows.
    Waits,
    /// Too many wait; it is given up.
    Dropped,
}

impl Queue {
    /// Hands a request to a free lane, or lets it wait for one.
    pub(super) fn push(&self, due: Instant) -> Pushed {
        let mut state = self.0.borrow_mut();
        if state.due.len() >= limits::WAITING_MAX {
            return Pushed::Dropped;
        }
        state.due.push_back(due);
        match state.free.pop_front() {
            Some(lane) => {
                lane.wake();
                Pushed::Taken
            }
            None => Pushed::Waits,
        }
    }

    /// No more requests will come; lanes that find none left end.
    pub(super) fn close(&self) {
        let mut state = self.0.borrow_mut();
        state.is_closed = true;
        for lane in state.free.drain(..) {
            lane.wake();
        }
    }

    /// Gives up what still waits and says how many they were.
    pub(super) fn abandon(&self) -> usize {
        self.close();
        let mut state = self.0.borrow_mut();
        let count = state.due.len();
        state.due.clear();
        count
    }

    /// The moment the next request was due; nothing when there are no more. Its caller must see it
    /// through to the end: a lane that stops waiting would keep a request asleep.
    pub(super) async fn next(&self) -> Option<Instant> {
        poll_fn(|context| {
            let mut state = self.0.borrow_mut();
            match state.due.pop_front() {
                Some(due) => Poll::Ready(Some(due)),
                None if state.is_closed => Poll::Ready(None),
                None => {
                    state.free.push_back(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::Context;

    use super::*;

    fn poll(
        future: std::pin::Pin<&mut impl Future<Output = Option<Instant>>>,
    ) -> Poll<Option<Instant>> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_free_lane_takes_a_request_at_once_and_others_wait() {
        let (queue, now) = (Queue::default(), Instant::now());
        let mut lane = pin!(queue.next());
        assert!(poll(lane.as_mut()).is_pending());
        assert_eq!(queue.push(now), Pushed::Taken);
        assert_eq!(queue.push(now), Pushed::Waits);
        assert_eq!(poll(lane.as_mut()), Poll::Ready(Some(now)));
    }

    #[test]
    fn a_closed_queue_is_emptied_before_lanes_end() {
        let (queue, now) = (Queue::default(), Instant::now());
        queue.push(now);
        queue.close();
        assert_eq!(poll(pin!(queue.next())), Poll::Ready(Some(now)));
        assert_eq!(poll(pin!(queue.next())), Poll::Ready(None));
    }

    #[test]
    fn what_is_abandoned_is_counted() {
        let queue = Queue::default();
        queue.push(Instant::now());
        queue.push(Instant::now());
        assert_eq!(queue.abandon(), 2);
        assert_eq!(poll(pin!(queue.next())), Poll::Ready(None));
    }
}
