//! Does each feature, under the name that AWS gives it, work on real sockets?

mod certificate_reload;
mod gauges;
mod socket_activation;
