//! Room integrate.
