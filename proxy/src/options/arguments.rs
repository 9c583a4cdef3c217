//! Which commands and options are there?

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    AccessLogFormat, AccessLogTarget, DefinitionFile, Listen, StageVariable, listen, parse,
};

/// Amazon API Gateway as software you own.
#[derive(Clone, Debug, Parser)]
#[command(name = "tollgate", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Start here: tollgate serve petstore.yaml")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve APIs to clients, and keep them in step with their files.
    Serve(Box<ServeOptions>),
    /// Check definitions exactly as `serve` would, and report every problem.
    Validate(ValidateOptions),
    /// Print the compiled routes, or say which one a request takes and why.
    Routes(RoutesOptions),
    /// Print a completion script for a shell.
    Completions {
        /// The shell that completes.
        shell: clap_complete::Shell,
    },
}

/// What `serve` is told.
#[derive(Clone, Debug, Args)]
pub struct ServeOptions {
    /// What is served.
    #[command(flatten)]
    pub definition: DefinitionOptions,
    /// Address for clients; repeatable. HTTPS: tls://127.0.0.1:8443?cert=PEM&key=PEM
    #[arg(
        long,
        env = "TOLLGATE_LISTEN",
        hide_env_values = true,
        value_name = "ADDRESS",
        value_delimiter = ';'
    )]
    #[arg(default_value = "127.0.0.1:8080")]
    pub listen: Vec<Listen>,
    /// The admin address.
    #[command(flatten)]
    pub admin: AdminOptions,
    /// The threads that carry traffic.
    #[command(flatten)]
    pub worker: WorkerOptions,
    /// How long to wait for what.
    #[command(flatten)]
    pub timeout: TimeoutOptions,
    /// How integrations are reached.
    #[command(flatten)]
    pub upstream: UpstreamOptions,
    /// Access logs.
    #[command(flatten)]
    pub access_log: AccessLogOptions,
    /// How tollgate's own log is written [default: text on a terminal, else json]
    #[arg(long, env = "TOLLGATE_LOG_FORMAT", hide_env_values = true, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What tollgate's own log holds, such as info, debug or tollgate=trace
    #[arg(
        long,
        env = "TOLLGATE_LOG_LEVEL",
        hide_env_values = true,
        value_name = "FILTER",
        default_value = "info"
    )]
    pub log_level: String,
}

/// What is served: the same for `serve`, `validate` and `routes`.
#[derive(Clone, Debug, Args)]
pub struct DefinitionOptions {
    /// OpenAPI 2 or 3 document, JSON or YAML; several need base paths: FILE=/base-path
    #[arg(
        required = true,
        env = "TOLLGATE_FILES",
        hide_env_values = true,
        value_name = "FILE",
        value_delimiter = ';'
    )]
    pub files: Vec<DefinitionFile>,
    /// Stage that the files are deployed to
    #[arg(
        long,
        env = "TOLLGATE_STAGE",
        hide_env_values = true,
        value_name = "NAME",
        default_value = "prod"
    )]
    #[arg(value_parser = parse::stage_name)]
    pub stage: String,
    /// Kind of the APIs [default: what the document says, else a guess that is printed]
    #[arg(long, env = "TOLLGATE_KIND", hide_env_values = true, value_name = "KIND")]
    pub kind: Option<Kind>,
    /// Stage variable; repeatable
    #[arg(
        long = "stage-variable",
        env = "TOLLGATE_STAGE_VARIABLES",
        hide_env_values = true,
        value_name = "NAME=VALUE"
    )]
    #[arg(value_delimiter = ';')]
    pub stage_variables: Vec<StageVariable>,
    /// Account that the APIs belong to
    #[arg(
        long,
        env = "TOLLGATE_ACCOUNT_ID",
        hide_env_values = true,
        value_name = "DIGITS",
        default_value = "123456789012"
    )]
    #[arg(value_parser = parse::account_id)]
    pub account_id: String,
    /// Region that the APIs are in
    #[arg(
        long,
        env = "TOLLGATE_REGION",
        hide_env_values = true,
        value_name = "REGION",
        default_value = "us-east-1"
    )]
    #[arg(value_parser = parse::region)]
    pub region: String,
}

/// Health, metrics and management.
#[derive(Clone, Debug, Args)]
pub struct AdminOptions {
    /// Address of health checks and metrics
    #[arg(long = "admin", env = "TOLLGATE_ADMIN", hide_env_values = true, value_name = "ADDRESS")]
    #[arg(default_value = "127.0.0.1:9080", value_parser = listen::address)]
    #[arg(id = "admin")]
    pub address: SocketAddr,
    /// Host name, besides addresses and localhost, under which the admin address may be asked; repeatable
    #[arg(
        long = "admin-host",
        env = "TOLLGATE_ADMIN_HOSTS",
        hide_env_values = true,
        value_name = "HOST"
    )]
    #[arg(value_delimiter = ';', value_parser = parse::host)]
    #[arg(id = "admin_host")]
    pub hosts: Vec<String>,
    /// How long connections are still accepted after SIGTERM, once readiness is withdrawn
    #[arg(
        long,
        env = "TOLLGATE_DRAIN_DELAY",
        hide_env_values = true,
        value_name = "DURATION",
        default_value = "0s"
    )]
    #[arg(value_parser = parse::duration_or_zero)]
    pub drain_delay: Duration,
    /// How long requests in flight may take to end after SIGTERM
    #[arg(
        long,
        env = "TOLLGATE_GRACE_PERIOD",
        hide_env_values = true,
        value_name = "DURATION",
        default_value = "30s"
    )]
    #[arg(value_parser = parse::duration)]
    pub grace_period: Duration,
}

/// The threads that carry traffic.
#[derive(Clone, Debug, Args)]
pub struct WorkerOptions {
    /// Worker threads [default: one per core that tollgate may run on]
    #[arg(long, env = "TOLLGATE_WORKERS", hide_env_values = true, value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,
    /// How workers wait for the network
    #[arg(
        long,
        env = "TOLLGATE_DRIVER",
        hide_env_values = true,
        value_name = "DRIVER",
        default_value = "auto"
    )]
    pub driver: Driver,
    /// Client connections at a time, over all workers [default: three quarters of the open files allowed]
    #[arg(long, env = "TOLLGATE_MAX_CONNECTIONS", hide_env_values = true, value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: Option<u32>,
}

/// How long to wait for what.
#[derive(Clone, Debug, Args)]
pub struct TimeoutOptions {
    /// For a TLS handshake to end
    #[arg(
        long,
        env = "TOLLGATE_HANDSHAKE_TIMEOUT",
        hide_env_values = true,
        value_name = "DURATION",
        default_value = "10s"
    )]
    #[arg(value_parser = parse::duration)]
    pub handshake_timeout: Duration,
    /// For a request's head to be complete, once it has begun
    #[arg(
        long,
        env = "TOLLGATE_HEADER_TIMEOUT",
        hide_env_values = true,
        value_name = "DURATION",
        default_value = "10s"
    )]
    #[arg(value_parser = parse::duration)]
    pub header_timeout: Duration,
    /// For the next part of a body to come or to be taken
    #[arg(
        long,
        env = "TOLLGATE_BODY_TIMEOUT",
        hide_env_values = true,
        value_name = "DURATION",
        default_value = "30s"
    )]
    #[arg(value_parser = parse::duration)]
    pub body_timeout: Duration,
    /// For the next request on a connection
    #[arg(
        long,
        env = "TOLLGATE_IDLE_TIMEOUT",
        hide_env_values = true,
        value_name = "DURATION",
        default_value = "310s"
    )]
    #[arg(value_parser = parse::duration)]
    pub idle_timeout: Duration,
    /// For a whole request, from its first byte to the last of its response
    #[arg(
        long,
        env = "TOLLGATE_REQUEST_TIMEOUT",
        hide_env_values = true,
        value_name = "DURATION",
        default_value = "5m"
    )]
    #[arg(value_parser = parse::duration)]
    pub request_timeout: Duration,
    /// For a connection to an integration to open
    #[arg(
        long,
        env = "TOLLGATE_CONNECT_TIMEOUT",
        hide_env_values = true,
        value_name = "DURATION",
        default_value = "5s"
    )]
    #[arg(value_parser = parse::duration)]
    pub connect_timeout: Duration,
    /// For the next request on a connection to an integration
    #[arg(
        long,
        env = "TOLLGATE_UPSTREAM_IDLE_TIMEOUT",
        hide_env_values = true,
        value_name = "DURATION"
    )]
    #[arg(default_value = "50s", value_parser = parse::duration)]
    pub upstream_idle_timeout: Duration,
}

/// How integrations are reached.
#[derive(Clone, Debug, Args)]
pub struct UpstreamOptions {
    /// Host whose link-local or metadata address integrations may reach; repeatable
    #[arg(
        long = "allow-link-local",
        env = "TOLLGATE_ALLOW_LINK_LOCAL",
        hide_env_values = true,
        value_name = "HOST"
    )]
    #[arg(value_delimiter = ';', value_parser = parse::host)]
    pub allow_link_local: Vec<String>,
    /// Further certificate authorities that integrations may be signed by; repeatable
    #[arg(
        long = "upstream-ca",
        env = "TOLLGATE_UPSTREAM_CA",
        hide_env_values = true,
        value_name = "PEM"
    )]
    #[arg(value_delimiter = ';')]
    pub upstream_ca: Vec<PathBuf>,
}

/// Access logs.
#[derive(Clone, Debug, Args)]
pub struct AccessLogOptions {
    /// Where access logs go: a file, '-' for standard output, or off
    #[arg(
        long = "access-log",
        env = "TOLLGATE_ACCESS_LOG",
        hide_env_values = true,
        value_name = "PATH"
    )]
    #[arg(default_value = "off", id = "access_log")]
    pub target: AccessLogTarget,
    /// Line of a request: json, clf, csv, xml, or a text with $context variables
    #[arg(
        long = "access-log-format",
        env = "TOLLGATE_ACCESS_LOG_FORMAT",
        hide_env_values = true,
        value_name = "FORMAT"
    )]
    #[arg(default_value = "json", id = "access_log_format")]
    pub format: AccessLogFormat,
}

/// What `validate` is told.
#[derive(Clone, Debug, Args)]
pub struct ValidateOptions {
    /// What is checked.
    #[command(flatten)]
    pub definition: DefinitionOptions,
}

/// What `routes` is told.
#[derive(Clone, Debug, Args)]
pub struct RoutesOptions {
    /// What is printed.
    #[command(flatten)]
    pub definition: DefinitionOptions,
    /// Say which route this request takes, and why the others lose
    #[arg(long, value_name = "VERB PATH", value_parser = parse::question)]
    pub why: Option<(String, String)>,
}

/// How workers wait for the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Driver {
    /// io_uring where the kernel allows it, else epoll
    Auto,
    /// io_uring, or do not start
    IoUring,
    /// epoll
    Epoll,
}

/// The kind of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// REST API (API Gateway version 1)
    Rest,
    /// HTTP API (API Gateway version 2)
    Http,
}

/// How tollgate's own log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object per line
    Json,
}
