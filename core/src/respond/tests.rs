//! Is the right thing answered?
