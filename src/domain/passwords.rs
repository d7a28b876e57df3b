//! What a new password must be. Invariant: the password is looked at here and kept nowhere.

use serde::{Deserialize, Serialize};

use super::names::fold_width;

/// Fewest characters.
pub const MIN_PASSWORD: usize = 10;
/// Most characters; hashing cost must have a bound.
pub const MAX_PASSWORD: usize = 128;

/// Why a password is refused. It never carries the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PasswordProblem {
    /// Too few characters.
    #[error("{actual} characters, at least {min}")]
    TooShort {
        /// Fewest that are accepted.
        min: usize,
        /// Characters that were typed.
        actual: usize,
    },
    /// Too many characters.
    #[error("{actual} characters, at most {max}")]
    TooLong {
        /// Most that are accepted.
        max: usize,
        /// Characters that were typed.
        actual: usize,
    },
    /// It is the user name.
    #[error("the same as the user name")]
    IsUserName,
    /// It is one character over and over.
    #[error("one character over and over")]
    OneCharacter,
}

/// Checks a new password: 10 to 128 characters, not the user name (whatever its case or width), not one repeated character. Spaces count and are kept.
pub fn check_password(password: &str, username: &str) -> Result<(), PasswordProblem> {
    let actual = password.chars().count();
    if actual < MIN_PASSWORD {
        return Err(PasswordProblem::TooShort { min: MIN_PASSWORD, actual });
    }
    if actual > MAX_PASSWORD {
        return Err(PasswordProblem::TooLong { max: MAX_PASSWORD, actual });
    }
    if fold(password) == fold(username) {
        return Err(PasswordProblem::IsUserName);
    }
    let mut characters = password.chars();
    let first = characters.next();
    if characters.all(|c| Some(c) == first) { Err(PasswordProblem::OneCharacter) } else { Ok(()) }
}

fn fold(text: &str) -> String {
    text.trim().chars().map(fold_width).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused() {
        let long = "ab".repeat(64);
        for (password, username, result) in [
            ("bihuan-demo", "leader", Ok(())),
            ("一二三四五六七八九十", "leader", Ok(())),
            ("          x", "leader", Ok(())),
            (long.as_str(), "leader", Ok(())),
            ("", "leader", Err(PasswordProblem::TooShort { min: 10, actual: 0 })),
            ("ninechars", "leader", Err(PasswordProblem::TooShort { min: 10, actual: 9 })),
            ("aaaaaaaaaa", "leader", Err(PasswordProblem::OneCharacter)),
            ("Administrator", "administrator", Err(PasswordProblem::IsUserName)),
            ("ａｄｍｉｎｉｓｔｒａｔｏｒ", "administrator", Err(PasswordProblem::IsUserName)),
        ] {
            assert_eq!(check_password(password, username), result);
        }
        assert_eq!(check_password(&"ab".repeat(65), "leader"), Err(PasswordProblem::TooLong { max: 128, actual: 130 }));
    }
}
