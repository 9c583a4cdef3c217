//! Room locate.
