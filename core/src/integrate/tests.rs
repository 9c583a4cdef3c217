//! Is the right thing asked of a backend?
