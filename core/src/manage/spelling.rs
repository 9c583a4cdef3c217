//! Which known word may the author have meant?

/// Longest word that is compared; a typing error in a longer one is not looked for.
const WORD_CHARS_MAX: usize = 64;
/// Candidates that are compared, so that a document cannot make a suggestion expensive.
const CANDIDATES_MAX: usize = 500;

/// The candidate that differs from `word` in the fewest letters, where at most one in three does.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    nearest_within(word, candidates, (word.chars().count() / 3).clamp(1, 4))
}

/// The candidate that differs from `word` in the fewest letters, where at most `distance_max` do.
/// Case makes no difference.
pub(super) fn nearest_within<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    distance_max: usize,
) -> Option<&'a str> {
    let letters = folded(word)?;
    candidates
        .into_iter()
        .take(CANDIDATES_MAX)
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 4 * distance_max)
        .filter_map(|candidate| Some((distance(&letters, &folded(candidate)?), candidate)))
        .filter(|(distance, candidate)| {
            *distance <= distance_max && *distance < candidate.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn folded(word: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = word.chars().take(WORD_CHARS_MAX + 1).collect();
    (letters.len() <= WORD_CHARS_MAX)
        .then(|| letters.into_iter().map(|letter| letter.to_ascii_lowercase()).collect())
}

/// Letters to insert, delete, replace or swap with their neighbour to make `a` from `b` (optimal
/// string alignment; three rows of the table are enough).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 6] =
        ["uri", "type", "httpMethod", "passthroughBehavior", "timeoutInMillis", "requestTemplates"];

    #[track_caller]
    fn check(word: &str, expected: Option<&str>) {
        assert_eq!(nearest(word, KEYS), expected, "{word}");
    }

    #[test]
    fn typing_errors_find_the_word_that_was_meant() {
        check("passThroughBehavior", Some("passthroughBehavior"));
        check("url", Some("uri"));
        check("tpye", Some("type"));
        check("httpmethod", Some("httpMethod"));
        check("timeoutInMilis", Some("timeoutInMillis"));
        check("requestTemplate", Some("requestTemplates"));
    }

    #[test]
    fn other_words_find_nothing() {
        check("description", None);
        check("", None);
        check("x", None);
        check(&"requestTemplates".repeat(9), None);
    }

    #[test]
    fn distance_counts_each_kind_of_slip_once() {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("abc", "abxc", 1),
            ("abxc", "abc", 1),
            ("abc", "axc", 1),
            ("abcd", "abdc", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(&letters(a), &letters(b)), expected, "{a} {b}");
            assert_eq!(distance(&letters(b), &letters(a)), expected, "{b} {a}");
        }
    }
}
