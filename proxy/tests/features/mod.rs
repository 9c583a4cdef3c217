//! Does each feature, under the name that AWS gives it, work on real sockets?
