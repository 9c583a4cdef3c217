//! What does a source file hold, as far as the rules of the house care?

use std::path::Path;

/// A source file, and a copy in which everything but code is blank.
pub(crate) struct Source {
    /// Relative to the package, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text with comments and literals blanked out, line for line.
    code: String,
    /// The code with test modules blanked out too.
    shipped: String,
}

impl Source {
    pub(crate) fn read(path: &Path, root: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let relative = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let code = blank_comments_and_literals(&text);
        let shipped = blank_test_modules(&code);
        Self { path: relative, text, code, shipped }
    }

    /// Whether the whole file is tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
    }

    /// The module of `lib.rs` that the file belongs to.
    pub(crate) fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let first = inside.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first))
    }

    /// The top modules that the file names through `crate::`, with the line.
    pub(crate) fn imports(&self) -> Vec<(usize, String)> {
        let mut imports = Vec::new();
        for (position, _) in self.code.match_indices("crate::") {
            let is_whole_word = !self.code[..position].ends_with(|c: char| is_word(c) || c == '$');
            let line = self.code[..position].matches('\n').count() + 1;
            let rest = &self.code[position + "crate::".len()..];
            if is_whole_word {
                imports.extend(first_segments(rest).into_iter().map(|module| (line, module)));
            }
        }
        imports
    }

    /// Lines that are not tests.
    pub(crate) fn code_lines(&self) -> usize {
        let blanked = self.code.lines().zip(self.shipped.lines());
        blanked
            .filter(|(code, shipped)| code.trim().is_empty() || !shipped.trim().is_empty())
            .count()
    }

    /// Functions outside tests: line, name and how many lines each takes.
    pub(crate) fn functions(&self) -> Vec<(usize, String, usize)> {
        if self.is_test() {
            return Vec::new();
        }
        let code = &self.shipped;
        let starts = code.match_indices("fn ").filter(|(position, _)| {
            !code[..*position].ends_with(is_word) && code[position + 3..].starts_with(is_word)
        });
        starts.filter_map(|(position, _)| function_at(code, position)).collect()
    }

    /// Lines of shipped code that hold `word`.
    pub(crate) fn lines_with(&self, word: &str) -> Vec<usize> {
        numbered(&self.shipped, word)
    }

    /// Lines of code, tests included, that hold `word`.
    pub(crate) fn lines_with_anywhere(&self, word: &str) -> Vec<usize> {
        numbered(&self.code, word)
    }

    /// The files that may declare this one, and under which name.
    pub(crate) fn declared_in(&self) -> (Vec<String>, String) {
        let stem = self.path.strip_suffix("/mod.rs").or(self.path.strip_suffix(".rs"));
        let (folder, name) = stem.and_then(|stem| stem.rsplit_once('/')).unwrap_or_default();
        let parents = ["/lib.rs", "/main.rs", "/mod.rs", ".rs"];
        (parents.map(|end| format!("{folder}{end}")).to_vec(), name.to_owned())
    }
}

/// The modules that `text` declares, in order.
pub(crate) fn modules_of(text: &str) -> Vec<String> {
    let declaration = |line: &str| {
        let line = line.trim().strip_suffix(';')?;
        let (_, name) = line.rsplit_once("mod ").filter(|(before, _)| {
            before.is_empty() || before.ends_with(' ') && !before.contains("//")
        })?;
        name.chars().all(is_word).then(|| name.to_owned())
    };
    text.lines().filter_map(declaration).collect()
}

/// The files that a manifest makes targets of: the usual ones, and those it names.
pub(crate) fn targets_of(manifest: &str) -> Vec<String> {
    let named = manifest.lines().filter_map(|line| {
        let path = line.strip_prefix("path = \"")?.strip_suffix('"')?;
        path.ends_with(".rs").then(|| path.to_owned())
    });
    let usual = ["src/lib.rs", "src/main.rs"].map(str::to_owned);
    usual.into_iter().chain(named).collect()
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn numbered(code: &str, word: &str) -> Vec<usize> {
    let is_whole = |line: &str| {
        line.match_indices(word)
            .any(|(position, _)| !word.starts_with(is_word) || !line[..position].ends_with(is_word))
    };
    let lines = code.lines().enumerate().filter(|(_, line)| is_whole(line));
    lines.map(|(index, _)| index + 1).collect()
}

/// The first path segment of what follows `crate::`, or of each branch of a group.
fn first_segments(rest: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|letter| is_word(*letter)).collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let mut depth = 0;
    let mut segments = vec![String::new()];
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => segments.push(String::new()),
            _ if depth == 0 => segments.last_mut().expect("never empty").push(letter),
            _ => {}
        }
    }
    segments.iter().map(|segment| word(segment.trim())).collect()
}

/// The function whose `fn` stands at `position`; `None` for one without a body.
fn function_at(code: &str, position: usize) -> Option<(usize, String, usize)> {
    let rest = &code[position..];
    let name: String = rest[3..].chars().take_while(|letter| is_word(*letter)).collect();
    let open = rest.find(['{', ';']).filter(|open| rest[*open..].starts_with('{'))?;
    let close = open + matching_brace(&rest[open..])?;
    let line = code[..position].matches('\n').count() + 1;
    Some((line, name, rest[..close].matches('\n').count() + 1))
}

/// The position of the brace that closes the one `code` begins with.
fn matching_brace(code: &str) -> Option<usize> {
    let mut depth = 0;
    code.char_indices().find_map(|(position, letter)| {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(position)
    })
}

fn blank_test_modules(code: &str) -> String {
    let mut shipped = code.to_owned();
    while let Some(start) = shipped.find("#[cfg(test)]") {
        let rest = &shipped[start..];
        let end = match rest.find(['{', ';']) {
            Some(open) if rest[open..].starts_with('{') => {
                matching_brace(&rest[open..]).map_or(rest.len(), |close| open + close + 1)
            }
            Some(semicolon) => semicolon + 1,
            None => rest.len(),
        };
        let blank = blanked(&rest[..end]);
        shipped.replace_range(start..start + end, &blank);
    }
    shipped
}

/// `text` with everything but line ends made blank.
fn blanked(text: &str) -> String {
    text.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect()
}

fn blank_comments_and_literals(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let is_inside_word = code.ends_with(is_word);
        let len = literal_len(rest, is_inside_word);
        if len == 0 {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
        } else {
            code.push_str(&blanked(&rest[..len]));
            rest = &rest[len..];
        }
    }
    code
}

/// Bytes of the comment or literal that `rest` begins with; zero where it begins with code.
fn literal_len(rest: &str, is_inside_word: bool) -> usize {
    let opener = rest.trim_start_matches(['b', 'c', 'r', '#']);
    let prefix = &rest[..rest.len() - opener.len()];
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |end| end + 2);
    }
    if is_inside_word || !(opener.starts_with('"') || opener.starts_with('\'')) {
        return 0;
    }
    if opener.starts_with('\'') {
        return if prefix.is_empty() || prefix == "b" { character_len(rest) } else { 0 };
    }
    match prefix {
        "" | "b" | "c" => prefix.len() + string_len(opener),
        _ if prefix.contains('r') => {
            let end = format!("\"{}", "#".repeat(prefix.matches('#').count()));
            let inside = prefix.len() + 1;
            rest[inside..].find(&end).map_or(rest.len(), |position| inside + position + end.len())
        }
        _ => 0,
    }
}

/// Bytes of a string literal, quotes included.
fn string_len(rest: &str) -> usize {
    let mut is_escaped = false;
    for (position, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return position + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Bytes of a character literal; zero for a lifetime.
fn character_len(rest: &str) -> usize {
    let start = rest.find('\'').unwrap_or(0) + 1;
    let mut letters = rest[start..].char_indices();
    match letters.next() {
        Some((_, '\\')) => {
            // The escaped letter may be a quote; the literal's end is the next quote behind it.
            let behind = start + 2;
            rest.get(behind..)
                .and_then(|tail| tail.find('\''))
                .map_or(0, |position| behind + position + 1)
        }
        Some(_) => match letters.next() {
            Some((position, '\'')) => start + position + 1,
            _ => 0,
        },
        None => 0,
    }
}

#[test]
fn comments_and_literals_become_blank() {
    let check = |text: &str, expected: &str| {
        assert_eq!(blank_comments_and_literals(text).trim_end(), expected, "{text}");
    };
    check("a // b", "a");
    check("a /* b */ c", "a         c");
    check(r#"a("b // \" c") d"#, "a(           ) d");
    check(r##"a(r#"b " c"#) d"##, "a(          ) d");
    check("a('b', '\\'', b'\"', '\\u{e9}') c", "a(   ,     ,     ,         ) c");
    check("fn a<'b>(c: &'b str)", "fn a<'b>(c: &'b str)");
    check("b\"c\" br#\"d\"# e", &format!("{}e", " ".repeat(13)));
}

#[test]
fn imports_are_found_in_all_forms() {
    let imports = |text: &str| {
        let code = blank_comments_and_literals(text);
        Source { path: String::new(), text: String::new(), shipped: code.clone(), code }.imports()
    };
    let check = |text, expected: &[(usize, &str)]| {
        let expected: Vec<_> =
            expected.iter().map(|(line, it)| (*line, (*it).to_owned())).collect();
        assert_eq!(imports(text), expected);
    };
    check("use crate::wire::Malformed;", &[(1, "wire")]);
    check("\nlet a = crate::limits::B; // crate::c", &[(2, "limits")]);
    check("use crate::{a::{b, c}, d, e::f};", &[(1, "a"), (1, "d"), (1, "e")]);
    check("use tollgate_core::message; pub(crate) fn a() {}", &[]);
}

#[test]
fn functions_are_measured_without_tests() {
    let code = "fn a() {\n  b();\n}\nfn c();\n#[cfg(test)]\nmod tests {\n  fn d() {\n  }\n}\n";
    let source = Source {
        path: "src/a.rs".to_owned(),
        text: String::new(),
        code: code.to_owned(),
        shipped: blank_test_modules(code),
    };
    assert_eq!(source.functions(), [(1, "a".to_owned(), 3)]);
    assert_eq!(source.code_lines(), 4);
    assert_eq!(modules_of("pub mod a;\nmod b;\n// mod c;\nmod d {\n"), ["a", "b"]);
}
