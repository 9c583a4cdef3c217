//! Is what the operator types understood, and is what is wrong named with its fix?

use clap::{CommandFactory, Parser};

use super::*;

/// Parses a command line; the environment of the tests sets no `TOLLGATE_` variable.
fn parse(line: &[&str]) -> Result<Command, String> {
    Arguments::try_parse_from([&["tollgate"], line].concat())
        .map(|arguments| arguments.command)
        .map_err(|error| error.to_string())
}

fn serve(line: &[&str]) -> ServeOptions {
    match parse(&[&["serve"], line].concat()) {
        Ok(Command::Serve(options)) => *options,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_definition_of_the_command_line_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn a_file_alone_serves_with_the_documented_defaults() {
    let options = serve(&["pets.yaml"]);
    assert_eq!(options.listen, ["127.0.0.1:8080".parse().expect("an address")]);
    assert_eq!(options.admin.address.to_string(), "127.0.0.1:9080");
    assert_eq!(options.definition.stage, "prod");
    assert_eq!(options.admin.grace_period.as_secs(), 30);
    assert_eq!(options.worker.driver, Driver::Auto);
    assert_eq!(options.access_log.target, AccessLogTarget::Off);
    assert_eq!(options.definition.files[0].base_path, "");
}

#[test]
fn every_option_is_read() {
    let options = serve(&[
        "pets.yaml=/v1/pets",
        "users.json=/users/",
        "--listen=[::1]:80",
        "--listen",
        "tls://0.0.0.0:8443?cert=a.pem&key=a.key&cert=b.pem&key=b.key",
        "--admin=localhost:9",
        "--admin-host=gate.internal",
        "--workers=4",
        "--driver=io_uring",
        "--kind=http",
        "--stage=$default",
        "--stage-variable=backend=pets.internal:8080",
        "--stage-variable=empty=",
        "--access-log=-",
        "--access-log-format=$context.requestId $context.status",
        "--grace-period=500ms",
        "--max-connections=10",
        "--header-timeout=1m",
        "--account-id=1234-5678-9012",
        "--region=eu-central-1",
        "--allow-link-local=Metadata.internal.",
        "--upstream-ca=ca.pem",
        "--log-format=json",
    ]);
    let paths: Vec<_> = options.definition.files.iter().map(|f| f.base_path.as_str()).collect();
    assert_eq!(paths, ["v1/pets", "users"]);
    assert_eq!(options.listen[0].to_string(), "http://[::1]:80");
    assert_eq!(options.listen[1].certificates.len(), 2);
    assert_eq!(options.admin.address.to_string(), "127.0.0.1:9");
    assert_eq!(options.worker.workers, Some(4));
    assert_eq!(options.worker.driver, Driver::IoUring);
    assert_eq!(options.definition.kind, Some(Kind::Http));
    assert_eq!(options.definition.stage_variables[0].value, "pets.internal:8080");
    assert_eq!(options.definition.stage_variables[1].value, "");
    assert_eq!(options.access_log.format.as_str(), "$context.requestId $context.status");
    assert_eq!(options.timeout.header_timeout.as_secs(), 60);
    assert_eq!(options.definition.account_id, "123456789012");
    assert_eq!(options.upstream.allow_link_local, ["metadata.internal"]);
    assert_eq!(options.log_format, Some(LogFormat::Json));
}

#[test]
fn a_wrong_value_is_named_with_its_option_and_the_fix() {
    let cases: &[(&[&str], &str, &str)] = &[
        (&["--listen=:8080"], "--listen", "write 127.0.0.1:8080 or 0.0.0.0:8080"),
        (&["--listen=pets:8080"], "--listen", "such as 127.0.0.1:8080"),
        (&["--listen=ftp://127.0.0.1:1"], "--listen", "write http:// or tls://"),
        (&["--listen=tls://127.0.0.1:1"], "--listen", "the certificate is missing"),
        (&["--listen=tls://127.0.0.1:1?cert=a"], "--listen", "the key of 'a' is missing"),
        (&["--listen=tls://127.0.0.1:1?key=a"], "--listen", "the key 'a' follows no cert"),
        (&["--listen=tls://127.0.0.1:1?cert="], "--listen", "'cert' names no file"),
        (&["--listen=tls://127.0.0.1:1?ca=a"], "--listen", "'ca' is unknown"),
        (&["--admin=9080"], "--admin", "must be an address and a port"),
        (&["--admin-host=http://x"], "--admin-host", "must be a host without scheme"),
        (&["--workers=0"], "--workers", "1..=1024"),
        (&["--driver=kqueue"], "--driver", "possible values: auto, io_uring, epoll"),
        (&["--kind=soap"], "--kind", "possible values: rest, http"),
        (&["--stage=my stage"], "--stage", "must be 1 to 128 letters"),
        (&["--stage-variable=x"], "--stage-variable", "write name=value"),
        (&["--stage-variable=a-b=x"], "--stage-variable", "the name 'a-b'"),
        (&["--stage-variable=a=<"], "--stage-variable", "the value of 'a' holds '<'"),
        (&["--grace-period=30"], "--grace-period", "the unit is missing"),
        (&["--grace-period=0s"], "--grace-period", "must be longer than zero"),
        (&["--grace-period=25h"], "--grace-period", "must be at most 24h"),
        (&["--grace-period=99999999999999999h"], "--grace-period", "must be at most 24h"),
        (&["--idle-timeout=soon"], "--idle-timeout", "such as 500ms, 30s"),
        (&["--account-id=1"], "--account-id", "must be twelve digits"),
        (&["--region=Frankfurt"], "--region", "such as us-east-1"),
        (&["--access-log-format=$context.status"], "--access-log-format", "$context.requestId or"),
        (&["--access-log-format=combined"], "--access-log-format", "write json, clf, csv, xml"),
        (&["--access-log-format=$context.requestId\nx"], "--access-log-format", "a single line"),
        (&["--allow-link-local=a/b"], "--allow-link-local", "must be a host"),
        (&["x.yaml=/a//b"], "FILE", "the base path's segment ''"),
        (&["x.yaml=/../b"], "FILE", "the base path's segment '..'"),
        (&["=/b"], "FILE", "the file is missing"),
    ];
    for (line, field, fix) in cases {
        let error = parse(&[&["serve", "pets.yaml"], *line].concat()).expect_err("a wrong value");
        assert!(error.contains(field) && error.contains(fix), "{line:?}: {error}");
    }
}

#[test]
fn wrong_usage_ends_with_status_2() {
    for line in [&["tollgate", "serve"][..], &["tollgate", "fly"], &["tollgate"]] {
        let error = Arguments::try_parse_from(line).expect_err("wrong usage");
        assert_eq!(error.exit_code(), 2, "{line:?}");
    }
}

#[test]
fn presets_are_known_by_name() {
    for (name, expected) in [("clf", "CLF"), ("csv", "CSV"), ("Json", "JSON"), ("xml", "XML")] {
        let format: AccessLogFormat = name.parse().expect(name);
        assert_eq!(format.as_str(), expected);
    }
}

#[test]
fn the_question_of_routes_is_a_verb_and_a_path() {
    let Ok(Command::Routes(options)) = parse(&["routes", "a.yaml", "--why", "get /pets"]) else {
        panic!("routes is a command")
    };
    assert_eq!(options.why, Some(("GET".to_owned(), "/pets".to_owned())));
    let error = parse(&["routes", "a.yaml", "--why", "/pets"]).expect_err("no verb");
    assert!(error.contains("such as 'GET /pets/1'"), "{error}");
}

#[test]
fn a_file_name_may_hold_spaces_and_equals_signs() {
    let options = serve(&["my pets=1.yaml=/pets"]);
    assert_eq!(options.definition.files[0].path.to_str(), Some("my pets=1.yaml"));
    assert_eq!(options.definition.files[0].base_path, "pets");
}
