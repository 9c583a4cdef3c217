//! Room observe.
