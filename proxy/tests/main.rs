//! What does tollgate do on real sockets?
//!
//! Every test starts the real binary on free ports and looks at it from outside. `TOLLGATE_TEST_DRIVER`
//! says how its workers wait (`auto`, `io_uring`, `epoll`); `TOLLGATE_TEST_LONG=1` adds the tests that
//! take more than a few seconds.

mod clients;
mod conformance;
mod features;
mod support;
