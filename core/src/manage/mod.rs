//! Room manage.

pub mod routes;
