//! Does each feature, under the name that AWS gives it, work on real sockets?

mod access_logs;
mod backend_tls;
mod bodies;
mod connections;
mod cors;
mod drain;
mod drivers;
mod gateway_responses;
mod hot_reload;
mod http_api_routing;
mod http_proxy_integration;
mod integration_failures;
mod metrics;
mod mock_integration;
mod rest_api_routing;
mod stage_variables;
mod timeouts;
