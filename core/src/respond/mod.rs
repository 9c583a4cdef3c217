//! Room respond.
