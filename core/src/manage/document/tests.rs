//! Are documents read into the values and places that their authors would point at?

use proptest::prelude::*;

use super::*;
use crate::definition::Severity;

fn document(name: &str, text: &str) -> Document {
    Document { name: name.into(), text: text.into() }
}

fn read_text(name: &str, text: &str) -> (Option<Node>, Vec<Problem>) {
    let mut problems = Problems::default();
    let surroundings = Surroundings { account_id: "123456789012", region: "eu-west-1" };
    let node = read(0, &document(name, text), &surroundings, &mut problems);
    (node, problems.into_sorted())
}

/// The tree as JSON-like text: numbers bare, texts quoted, refused values as `?`.
fn show(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Bool(is_true) => is_true.to_string(),
        Value::Number(number) => number.clone(),
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(","))
        }
        Value::Map(map) => {
            let shown = map.entries().iter().map(|e| format!("{}:{}", e.key, show(&e.value)));
            format!("{{{}}}", shown.collect::<Vec<_>>().join(","))
        }
        Value::Refused => "?".into(),
    }
}

fn show_problems(text: &str, problems: &[Problem]) -> String {
    let shown = problems.iter().map(|problem| {
        let at = line_column(text, problem.place.start as usize);
        let severity = if problem.severity == Severity::Error { "" } else { "warning: " };
        format!("{}:{} {severity}{}", at.line, at.column, problem.message)
    });
    shown.collect::<Vec<_>>().join("\n")
}

/// A document without problems.
#[track_caller]
fn check(name: &str, text: &str, expected: &str) {
    let (node, problems) = read_text(name, text);
    assert_eq!(show_problems(text, &problems), "", "{text}");
    assert_eq!(node.as_ref().map(show).as_deref(), Some(expected), "{text}");
}

/// A document with problems.
#[track_caller]
fn check_problems(name: &str, text: &str, expected: &str) {
    let (_, problems) = read_text(name, text);
    assert_eq!(show_problems(text, &problems), expected, "{text:.500}");
}

#[test]
fn json_values_keep_their_spelling() {
    for (text, expected) in [
        ("{}", "{}"),
        (" [ ] ", "[]"),
        ("\u{feff}{}", "{}"),
        (r#"{"a":1,"b":[true,false,null]}"#, "{a:1,b:[true,false,null]}"),
        (
            r#"["\ud83d\ude00","\u00e9","é","\"\\\/\b\f\n\r\t"]"#,
            "[\"😀\",\"é\",\"é\",\"\\\"\\\\/\\u{8}\\u{c}\\n\\r\\t\"]",
        ),
        ("[\"a\tb\"]", r#"["a\tb"]"#),
        ("[12345678901234567890,-0.5e+10,1E2]", "[12345678901234567890,-0.5e+10,1E2]"),
        ("[\"yes\",\"~\",\"1\"]", r#"["yes","~","1"]"#),
    ] {
        check("api.json", text, expected);
    }
    let long_key = "k".repeat(5000);
    check("api.json", &format!("{{\"{long_key}\":1}}"), &format!("{{{long_key}:1}}"));
}

#[test]
fn json_mistakes_are_told_with_their_place() {
    for (text, expected) in [
        ("", "1:1 the document ends where a value should stand"),
        ("{\"a\":1,}", "1:8 expected a key in double quotes, found \"}\""),
        ("{\n  \"a\" 1\n}", "2:7 expected \":\", found \"1\""),
        ("[1 2]", "1:4 expected \",\" or \"]\", found \"2\""),
        ("{\"a\": tru}", "1:7 \"tru\" is not a value of JSON"),
        ("{\"a\": 012}", "1:7 \"012\" is not a number"),
        ("[1.]", "1:2 \"1.\" is not a number"),
        ("[\"ab", "1:2 the text that begins here never ends"),
        ("[\"a\nb\"]", "1:4 text may not contain the control character 0x0a"),
        ("[\"\\x\"]", "1:3 this backslash escapes nothing that JSON knows"),
        ("[\"\\", "1:3 this backslash escapes nothing that JSON knows"),
        ("[\"\\u12\"]", "1:3 \"\\u\" needs four hexadecimal digits"),
        ("[\"é\\ud800x\"]", "1:4 warning: half of a surrogate pair stands for no character"),
        ("{} {}", "1:4 expected the end of the document, found \"{\""),
        ("{\"a\":1,\n\"a\":2}", "2:1 the key \"a\" is already used at line 1"),
        ("[1] // x", "1:5 expected the end of the document, found \"/\""),
    ] {
        check_problems("api.json", text, expected);
    }
}

#[test]
fn yaml_values_follow_the_core_schema() {
    for (text, expected) in [
        ("a: 1\nb: x\n", "{a:1,b:\"x\"}"),
        ("200: ok\ntrue: x\n~: y\n", "{200:\"ok\",true:\"x\",~:\"y\"}"),
        (
            "[~, null, '', yes, 1.0, 3.0.1, 0x1f, 1e3, .5, -.inf, 1-2]",
            "[null,null,\"\",\"yes\",1.0,\"3.0.1\",0x1f,1e3,.5,-.inf,\"1-2\"]",
        ),
        ("[\"200\", '200', !!str 200, 200]", "[\"200\",\"200\",\"200\",200]"),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a:\"x\\ny\\n\",b:\"x y\"}"),
        ("a: &x {k: 1}\nb: *x\n", "{a:{k:1},b:{k:1}}"),
        ("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  l: 3\n", "{a:{k:1,l:2},b:{l:3,k:1}}"),
        ("a: {b: 1}\nc: {<<: [{b: 2}, {b: 3, d: 4}]}\n", "{a:{b:1},c:{b:2,d:4}}"),
        ("\u{feff}---\na: é\nb: \"😀\"\n...\n", "{a:\"é\",b:\"😀\"}"),
        ("{a: 1, b: [x]}", "{a:1,b:[\"x\"]}"),
        (
            "a: ${AWS::Region}/${AWS::AccountId}/${AWS::Partition}\n",
            "{a:\"eu-west-1/123456789012/aws\"}",
        ),
        ("a: ${stageVariables.x}\n", "{a:\"${stageVariables.x}\"}"),
    ] {
        check("api.yaml", text, expected);
    }
}

#[test]
fn yaml_mistakes_are_told_with_their_place() {
    for (text, expected) in [
        ("", "1:1 the document is empty"),
        ("a: 1\nb: 2\na: 3\n", "3:1 the key \"a\" is already used at line 1"),
        ("é: 1\nb: {x: 1, x: 2}\n", "2:11 the key \"x\" is already used at line 2"),
        ("a: 1\n---\nb: 2\n", "2:1 only one document may stand in a file"),
        ("? [a]\n: b\n", "1:3 a key must be text"),
        ("a: &x [*x]\n", "1:8 an alias may not stand inside what it repeats"),
        (
            "a:\n  b: !Sub 'x'\n",
            "2:6 \"!Sub\" is a CloudFormation intrinsic and belongs to a template",
        ),
        (
            "a: !GetAtt\n  - b\n  - c\n",
            "1:4 \"!GetAtt\" is a CloudFormation intrinsic and belongs to a template",
        ),
        ("a: !mine x\n", "1:4 warning: the tag \"!mine\" means nothing here"),
        (
            "a: {Ref: x}\nb: {Fn::Sub: y}\n",
            "1:5 \"Ref\" is a CloudFormation intrinsic and belongs to a template\n\
          2:5 \"Fn::Sub\" is a CloudFormation intrinsic and belongs to a template",
        ),
        (
            "a: ${AWS::StackName}-x\n",
            "1:4 \"${AWS::StackName}\" is a CloudFormation intrinsic and belongs to a template",
        ),
        ("a: {<<: 5}\n", "1:9 \"<<\" merges an object or a list of objects"),
    ] {
        check_problems("api.yaml", text, expected);
    }
}

#[test]
fn yaml_syntax_errors_have_a_place() {
    for (text, at) in [("a: b: c\n", 1), ("é: [1\nb: 2\n", 2), ("a:\n\t- b\n", 2), ("a: *x\n", 1)]
    {
        let (node, problems) = read_text("api.yaml", text);
        assert!(node.is_none(), "{text}");
        let [problem] = problems.as_slice() else { panic!("{text}: {problems:?}") };
        assert_eq!(line_column(text, problem.place.start as usize).line, at, "{text} {problem:?}");
    }
}

#[test]
fn places_are_the_bytes_of_the_value() {
    let text = "é: 1\nb:\n  ü: 'x ''y' # it's\n  list:\n    - p # a 'b'\n    - {q: r}\n  block: |\n    text\nend: z\n";
    let (node, _) = read_text("api.yaml", text);
    let node = node.expect("the document is good");
    let at = |place: Place| &text[place.start as usize..place.end as usize];
    let b = node.as_map().and_then(|map| map.find("b")).expect("b is there");
    assert_eq!(at(b.key_place), "b");
    assert!(at(b.value.place).starts_with("ü: 'x ''y'"));
    assert!(at(b.value.place).ends_with("    text"));
    let inside = b.value.as_map().expect("b is an object");
    let entry = |key| inside.find(key).expect("the key is there");
    assert_eq!(at(entry("ü").key_place), "ü");
    assert_eq!(at(entry("ü").value.place), "'x ''y'");
    assert_eq!(at(entry("list").value.place), "- p # a 'b'\n    - {q: r}");
    assert_eq!(at(entry("block").value.place), "text");
    let Value::List(items) = &entry("list").value.value else { panic!("it is a list") };
    assert_eq!(at(items[0].place), "p");
    let json = "\u{feff}{\"é\": [1, \"x\"]}";
    let (node, _) = read_text("api.json", json);
    let list = node.as_ref().and_then(|node| node.as_map()?.find("é")).expect("é is there");
    let at = |place: Place| &json[place.start as usize..place.end as usize];
    assert_eq!((at(list.key_place), at(list.value.place)), ("\"é\"", "[1, \"x\"]"));
}

#[test]
fn what_begins_like_json_may_still_be_yaml() {
    check("api.yaml", "{a: 1}", "{a:1}");
    check("api", "{\"a\": \"\\ud83d\\ude00\"}", "{a:\"😀\"}");
    check_problems("api", "{\"a\": 1", "1:8 the document ends where \",\" or \"}\" should stand");
}

#[test]
fn nesting_and_aliases_are_bounded() {
    let deep = "[".repeat(200_000);
    check_problems("api.json", &deep, "1:101 values are nested deeper than 100 levels");
    check_problems("api.yaml", &deep, "1:256 this is not YAML: recursion limit exceeded");
    let steps: String = (0..150).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    check_problems("api.yaml", &steps, "101:101 values are nested deeper than 100 levels");
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let alias = format!("*a{},", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{alias}]\n"));
    }
    check_problems("api.yaml", &bomb, "6:26 aliases repeat more than a document may hold");
    let mut tower = String::from("a0: &a0 [x]\n");
    for level in 1..200 {
        tower.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    check_problems("api.yaml", &tower, "100:12 values are nested deeper than 100 levels");
    let large = format!("a: {}", "x".repeat(DEFINITION_BYTES_MAX));
    let (node, problems) = read_text("api.yaml", &large);
    assert!(node.is_none() && problems.len() == 1);
}

#[test]
fn bytes_that_are_no_text_are_reported() {
    let mut problems = Vec::new();
    let document = Document::from_bytes(2, "x", b"ab\xFFcd", &mut problems);
    assert_eq!(document.text, "ab\u{fffd}cd");
    assert_eq!(problems[0].place, Place { document: 2, start: 2, end: 3 });
}

#[test]
fn columns_count_characters() {
    for (at, expected) in [(0, (1, 1)), (2, (1, 2)), (3, (1, 3)), (4, (2, 1)), (99, (2, 2))] {
        let LineColumn { line, column } = line_column("éx\ny", at);
        assert_eq!((line, column), expected, "{at}");
    }
}

proptest! {
    #[test]
    fn json_agrees_with_serde(text in "[\\[\\]{}:,\" 01ae\\\\u.-]{0,40}") {
        let (node, problems) = read_text("x.json", &text);
        let serde = serde_json::from_str::<serde_json::Value>(&text);
        let is_good = node.is_some() && problems.is_empty();
        // Serde takes objects with repeated keys and refuses numbers too large for a float.
        let differs_on_purpose = problems.iter().any(|p| p.message.contains("already used"));
        let is_range = serde.as_ref().err().is_some_and(|e| e.to_string().contains("out of range"));
        prop_assert!(is_good == serde.is_ok() || differs_on_purpose || is_range, "{text}");
    }

    #[test]
    fn any_text_is_read_with_places_inside_it(text in "([\\[\\]{}:,\"' \n\t01a&*!|>é😀-]|\\PC){0,60}") {
        for name in ["x.json", "x.yaml"] {
            let (node, problems) = read_text(name, &text);
            prop_assert!(node.is_some() || !problems.is_empty());
            for problem in &problems {
                prop_assert!(problem.place.end as usize <= text.len());
                prop_assert!(text.is_char_boundary(problem.place.start as usize));
            }
            if let Some(node) = node {
                prop_assert!(places_are_inside(&node, &text), "{text}");
            }
        }
    }
}

fn places_are_inside(node: &Node, text: &str) -> bool {
    let is_inside = |place: Place| text.get(place.start as usize..place.end as usize).is_some();
    is_inside(node.place)
        && match &node.value {
            Value::List(items) => items.iter().all(|item| places_are_inside(item, text)),
            Value::Map(map) => map
                .entries()
                .iter()
                .all(|e| is_inside(e.key_place) && places_are_inside(&e.value, text)),
            _ => true,
        }
}
