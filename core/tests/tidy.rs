//! Do the sources keep the rules of the house?
//!
//! Each finding says the file, what is wrong and what to do. The rules: a module imports only
//! modules listed above it in `lib.rs`; files and functions stay small; every file says in its
//! first line what question it answers; some words are banned; no file is forgotten.

mod source;

use std::path::{Path, PathBuf};

use source::Source;

/// Lines of a file without its tests.
const FILE_LINES_MAX: usize = 600;
/// Lines of a function, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;

/// What may not stand in code outside tests: where, which word, and what to do instead.
const BANS: [(Where, &str, &str); 19] = [
    (Where::Everywhere, ".unwrap()", "return the error, or `expect` with why it cannot happen"),
    (Where::Everywhere, "todo!", "write it, or leave the seam out"),
    (Where::Everywhere, "unimplemented!", "write it, or leave the seam out"),
    (Where::Everywhere, "dbg!", "remove it"),
    (Where::Core, "println!", "the core does not print: return the text"),
    (Where::Core, "print!", "the core does not print: return the text"),
    (Where::Core, "unsafe ", "find a safe way; unsafe lives in the proxy, with its reason"),
    (Where::Core, "std::fs", "the core has no files: take the bytes as a parameter"),
    (Where::Core, "std::env", "the core has no environment: take the value as a parameter"),
    (Where::Core, "std::thread", "the core has no threads"),
    (Where::Core, "std::process", "the core has no processes"),
    (Where::Core, "thread_local!", "the core has no threads: let the caller keep the state"),
    (Where::Core, "Mutex<", "the core has no locks: let the caller keep the state"),
    (Where::Core, "Instant::now", "the core has no clock: take `now` as the last parameter"),
    (Where::Core, "SystemTime::now", "the core has no clock: take `now` as the last parameter"),
    (Where::Core, "Timestamp::now", "the core has no clock: take `now` as the last parameter"),
    (Where::Core, "TcpStream", "the core has no sockets"),
    (Where::Core, "UdpSocket", "the core has no sockets"),
    (Where::Core, "async fn", "the core has no runtime: return what is to be done as a value"),
];

/// Names that say nothing about the question a file answers.
const VAGUE_NAMES: [&str; 8] =
    ["util", "utils", "helper", "helpers", "common", "misc", "manager", "types"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Everywhere,
    Core,
}

/// A package of the workspace: where it lies and what its files are.
struct Package {
    name: &'static str,
    root: PathBuf,
    sources: Vec<Source>,
}

fn packages() -> [Package; 2] {
    ["core", "proxy"].map(|name| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        let mut sources = Vec::new();
        for folder in ["src", "tests"] {
            collect(&root.join(folder), &root, &mut sources);
        }
        assert!(!sources.is_empty(), "{} has no sources", root.display());
        Package { name, root, sources }
    })
}

fn collect(folder: &Path, root: &Path, sources: &mut Vec<Source>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, root, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(Source::read(&path, root));
        }
    }
}

/// Runs `look` over every source and fails with all findings at once.
fn check(mut look: impl FnMut(&Package, &Source, &mut Vec<String>)) {
    let mut findings = Vec::new();
    for package in packages() {
        for source in &package.sources {
            let mut messages = Vec::new();
            look(&package, source, &mut messages);
            let place = format!("{}/{}", package.name, source.path);
            findings.extend(messages.into_iter().map(|message| format!("{place}{message}")));
        }
    }
    findings.sort();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn a_module_imports_only_modules_listed_above_it() {
    check(|package, source, findings| {
        let library = std::fs::read_to_string(package.root.join("src/lib.rs")).unwrap_or_default();
        let order = source::modules_of(&library);
        let position = |module: &str| order.iter().position(|listed| listed == module);
        // `main.rs` and tests stand outside the house and may see all of it.
        let Some(here) = source.module().and_then(&position) else { return };
        for (line, module) in source.imports() {
            if position(&module).is_some_and(|there| there > here) {
                findings.push(format!(
                    ":{line}: imports `{module}`, which lib.rs lists below `{}`: move the code to \
                     the room that answers its question, or pass the value in",
                    order[here]
                ));
            }
        }
    });
}

#[test]
fn files_stay_small() {
    check(|_, source, findings| {
        let lines = source.code_lines();
        if !source.is_test() && lines > FILE_LINES_MAX {
            findings.push(format!(
                ": {lines} lines without tests, at most {FILE_LINES_MAX}: split it by idea"
            ));
        }
    });
}

#[test]
fn functions_stay_small() {
    check(|_, source, findings| {
        for (line, name, lines) in source.functions() {
            if lines > FUNCTION_LINES_MAX {
                findings.push(format!(
                    ":{line}: `{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}: push the \
                     loops down into functions that name an idea"
                ));
            }
        }
    });
}

#[test]
fn the_first_line_says_what_the_file_answers() {
    check(|_, source, findings| {
        let first = source.text.lines().next().unwrap_or_default();
        let is_sentence =
            first.strip_prefix("//! ").is_some_and(|sentence| !sentence.trim().is_empty());
        if !is_sentence {
            findings
                .push(":1: begin with `//! ` and the question that the file answers".to_owned());
        }
    });
}

#[test]
fn banned_words_do_not_stand_in_code() {
    check(|package, source, findings| {
        for (scope, word, instead) in BANS {
            if scope == Where::Core && package.name != "core" || source.is_test() {
                continue;
            }
            for line in source.lines_with(word) {
                findings.push(format!(":{line}: `{word}`: {instead}"));
            }
        }
    });
}

#[test]
fn no_test_is_switched_off() {
    check(|_, source, findings| {
        for line in source.lines_with_anywhere("#[ignore") {
            findings.push(format!(
                ":{line}: `#[ignore]`: assert today's wrong answer and say why, or delete the test"
            ));
        }
    });
}

#[test]
fn names_say_what_is_inside() {
    check(|_, source, findings| {
        let vague = source.path.split(['/', '.']).find(|part| VAGUE_NAMES.contains(part));
        if let Some(vague) = vague {
            findings.push(format!(": `{vague}` says nothing: name the question that it answers"));
        }
    });
}

#[test]
fn no_file_is_forgotten() {
    for package in packages() {
        let manifest = std::fs::read_to_string(package.root.join("Cargo.toml")).unwrap_or_default();
        let roots = source::targets_of(&manifest);
        let forgotten: Vec<&str> = package
            .sources
            .iter()
            .filter(|source| !roots.contains(&source.path) && !is_declared(source, &package))
            .map(|source| source.path.as_str())
            .collect();
        assert!(
            forgotten.is_empty(),
            "{}: no `mod` line leads to {forgotten:?}: declare them in the file above, or delete them",
            package.name
        );
    }
}

/// Whether the file above has a `mod` line for `source`.
fn is_declared(source: &Source, package: &Package) -> bool {
    let (parents, module) = source.declared_in();
    package
        .sources
        .iter()
        .filter(|candidate| parents.contains(&candidate.path))
        .any(|parent| source::modules_of(&parent.text).contains(&module))
}
