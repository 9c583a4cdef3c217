//! Do the clever parsers agree with naive ones?
