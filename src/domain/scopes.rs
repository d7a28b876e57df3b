//! What a personal token may be used for. Invariant: a token can do less than its account, never more; without a scope it opens nothing.

use super::text_enum::text_enum;

text_enum! {
    /// A part of what machines can read. Each address names the one it wants.
    pub enum Scope {
        /// Indicators with their values, lights, rulings.
        ReadNumbers = "read-numbers",
        /// Named units: the roster, and the units behind a number.
        ReadRoster = "read-roster",
        /// Tasks with their time limits and status.
        ReadTasks = "read-tasks",
    }
}

/// Days for which a token may be made; the last is the longest that is granted.
pub const TOKEN_DAYS: [i64; 5] = [7, 30, 90, 180, 365];

/// What every token begins with, so that one left lying about is recognised.
pub const TOKEN_PREFIX: &str = "bhn_";

/// Whether a text has the form of a token: the prefix and 64 hexadecimal digits in lower case.
pub fn has_token_form(text: &str) -> bool {
    text.strip_prefix(TOKEN_PREFIX)
        .is_some_and(|rest| rest.len() == 64 && rest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_form() {
        let digits = "0123456789abcdef".repeat(4);
        for (text, is_token) in [
            (format!("bhn_{digits}"), true),
            (digits.clone(), false),
            (format!("bhn_{}", &digits[1..]), false),
            (format!("bhn_{digits}0"), false),
            (format!("bhn_{}", digits.to_uppercase()), false),
            (String::new(), false),
        ] {
            assert_eq!(has_token_form(&text), is_token, "{text}");
        }
        assert!(TOKEN_DAYS.is_sorted() && TOKEN_DAYS.iter().all(|days| (1..=365).contains(days)));
    }
}
