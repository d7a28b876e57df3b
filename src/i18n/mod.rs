//! The catalogue: every sentence of the interface in Chinese and English, side by side. Invariant: an entry has both, with the same arguments.
//!
//! An entry is a method of [`Text`]: `text.sign_in()`, `text.days_left(3)`. Each file holds the words of one part of
//! the product; `messages!` declares them.

pub use crate::lang::Lang;

/// The catalogue in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// The language.
    pub lang: Lang,
}

impl Text {
    /// The catalogue in a language.
    pub const fn new(lang: Lang) -> Self {
        Self { lang }
    }
}

/// Declares entries: `name = "中文", "English";` or `name(n: i64) = "还有 {n} 天", "{n} days left";`. Where English counts its first
/// argument, one and many stand side by side: `name(n: i64) = "{n} 项", "{n} thing", "{n} things";`.
macro_rules! messages {
    ($($name:ident $(($($arg:ident : $type:ty),+ $(,)?))? = $zh:literal, $en:literal $(, $many:literal)?;)*) => {
        impl $crate::i18n::Text {
            $($crate::i18n::message!($name $(($($arg: $type),+))? = $zh, $en $(, $many)?);)*
        }

        /// Every entry of this part: name, Chinese, English.
        #[cfg(test)]
        pub const ENTRIES: &[(&str, &str, &str)] = &[$((stringify!($name), $zh, $en) $(, (stringify!($name), $zh, $many))?),*];
    };
}

macro_rules! message {
    ($name:ident = $zh:literal, $en:literal) => {
        #[doc = $en]
        pub const fn $name(self) -> &'static str {
            match self.lang {
                $crate::i18n::Lang::Zh => $zh,
                $crate::i18n::Lang::En => $en,
            }
        }
    };
    ($name:ident ($($arg:ident : $type:ty),+) = $zh:literal, $en:literal) => {
        #[doc = $en]
        pub fn $name(self, $($arg: $type),+) -> String {
            match self.lang {
                $crate::i18n::Lang::Zh => format!($zh),
                $crate::i18n::Lang::En => format!($en),
            }
        }
    };
    ($name:ident ($count:ident : $counted:ty $(, $arg:ident : $type:ty)*) = $zh:literal, $one:literal, $many:literal) => {
        #[doc = $many]
        pub fn $name(self, $count: $counted $(, $arg: $type)*) -> String {
            match self.lang {
                $crate::i18n::Lang::Zh => format!($zh),
                $crate::i18n::Lang::En if $count == 1 => format!($one),
                $crate::i18n::Lang::En => format!($many),
            }
        }
    };
}

pub(crate) use message;

mod administration;
mod audit;
mod clocks;
mod corrections;
mod editing;
mod errors;
mod flow;
mod frame;
mod machines;
mod management;
mod numbers;
mod orders;
mod plan_faults;
mod pledges;
mod published;
mod punctuation;
mod roster;
mod targets;
mod task_loop;
mod timetable;
mod tokens;
mod words;

pub use numbers::Worded;

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: &[&[(&str, &str, &str)]] = &[
        administration::ENTRIES,
        editing::ENTRIES,
        clocks::ENTRIES,
        audit::ENTRIES,
        corrections::ENTRIES,
        errors::ENTRIES,
        flow::ENTRIES,
        frame::ENTRIES,
        machines::ENTRIES,
        management::ENTRIES,
        numbers::ENTRIES,
        orders::ENTRIES,
        plan_faults::ENTRIES,
        targets::ENTRIES,
        roster::ENTRIES,
        pledges::ENTRIES,
        published::ENTRIES,
        task_loop::ENTRIES,
        tokens::ENTRIES,
        timetable::ENTRIES,
        words::ENTRIES,
    ];

    fn placeholders(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn has_chinese(text: &str) -> bool {
        text.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character))
    }

    #[test]
    fn every_entry_stands_in_both_languages_with_the_same_arguments() {
        for (name, zh, en) in PARTS.iter().copied().flatten() {
            assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{name} is empty in one language");
            assert_eq!(placeholders(zh), placeholders(en), "{name} has other arguments in the other language");
            assert!(!has_chinese(en) || name.starts_with("other_language"), "{name} is Chinese in the English catalogue");
        }
    }

    #[test]
    fn an_argument_stands_where_the_sentence_wants_it() {
        assert_eq!(Text::new(Lang::Zh).locked_for(15), "连续失败次数过多，账号已锁定，请 15 分钟后再试。");
        assert_eq!(Text::new(Lang::En).locked_for(15), "Too many failures: the account is locked. Try again in 15 minutes.");
    }
}
