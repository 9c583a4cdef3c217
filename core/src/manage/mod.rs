//! Room manage.
