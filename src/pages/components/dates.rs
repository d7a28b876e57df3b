//! Days in narrow places. Invariant: a day never breaks at its hyphens; what stands around it may.

use leptos::prelude::*;

/// The length of a day as it is shown: 2026-11-28.
const DAY: usize = 10;

/// Words with their days held together.
pub fn unbroken_days(words: &str) -> AnyView {
    pieces(words)
        .into_iter()
        .map(|(is_day, piece)| {
            let piece = piece.to_owned();
            if is_day { view! { <span class="nowrap">{piece}</span> }.into_any() } else { piece.into_any() }
        })
        .collect_view()
        .into_any()
}

/// The words cut before and after each day.
fn pieces(words: &str) -> Vec<(bool, &str)> {
    let mut found = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while at < words.len() {
        if words.get(at..at + DAY).is_some_and(is_day) {
            if begin < at {
                found.push((false, &words[begin..at]));
            }
            found.push((true, &words[at..at + DAY]));
            at += DAY;
            begin = at;
        } else {
            at += words[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    if begin < words.len() {
        found.push((false, &words[begin..]));
    }
    found
}

fn is_day(word: &str) -> bool {
    word.bytes().enumerate().all(|(place, byte)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn days_are_cut_out_of_the_words_around_them() {
        for (words, cut) in [
            ("2025-01-01 至 2027-12-31", vec![(true, "2025-01-01"), (false, " 至 "), (true, "2027-12-31")]),
            ("计划 2026-06-30 · 尚未达到", vec![(false, "计划 "), (true, "2026-06-30"), (false, " · 尚未达到")]),
            ("4.5 · 2026Q3", vec![(false, "4.5 · 2026Q3")]),
            ("截至2026-06-3", vec![(false, "截至2026-06-3")]),
            ("", vec![]),
        ] {
            assert_eq!(pieces(words), cut, "{words}");
        }
    }
}
