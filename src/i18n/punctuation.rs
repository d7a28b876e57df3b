//! Signs between words and sentences.

use super::{Lang, Text};

impl Text {
    /// The sign between the parts of a sentence.
    pub const fn comma(self) -> &'static str {
        match self.lang {
            Lang::Zh => "，",
            Lang::En => ", ",
        }
    }

    /// The sign between the parts of a list.
    pub const fn list_comma(self) -> &'static str {
        match self.lang {
            Lang::Zh => "、",
            Lang::En => ", ",
        }
    }

    /// The sign at the end of a sentence.
    pub const fn full_stop(self) -> &'static str {
        match self.lang {
            Lang::Zh => "。",
            Lang::En => ". ",
        }
    }

    /// A label that already ends in brackets takes what is added into them: "（中文，选填）".
    pub fn label_with(self, label: &str, added: &str) -> String {
        match label.strip_suffix(['）', ')']) {
            Some(open) => format!("{open}{}{added}{}", self.comma(), &label[open.len()..]),
            None => format!("{label}{}", self.bracketed(added)),
        }
    }

    /// The sign between two statements.
    pub const fn semicolon(self) -> &'static str {
        match self.lang {
            Lang::Zh => "；",
            Lang::En => "; ",
        }
    }
}
