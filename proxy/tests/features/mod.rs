//! Does each feature, under the name that AWS gives it, work on real sockets?

mod access_logs;
mod backend_tls;
mod bodies;
mod certificate_reload;
mod connections;
mod cors;
mod drain;
mod drivers;
mod gateway_responses;
mod gauges;
mod hot_reload;
mod http_api_routing;
mod http_proxy_integration;
mod integration_failures;
mod metrics;
mod mock_integration;
mod rest_api_routing;
mod socket_activation;
mod stage_variables;
mod start_errors;
mod timeouts;
