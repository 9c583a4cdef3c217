//! Room transform.
