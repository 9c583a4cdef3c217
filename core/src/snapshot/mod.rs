//! Room snapshot.
