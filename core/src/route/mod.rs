//! Room route.
