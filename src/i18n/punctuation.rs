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

    /// The sign between two statements.
    pub const fn semicolon(self) -> &'static str {
        match self.lang {
            Lang::Zh => "；",
            Lang::En => "; ",
        }
    }
}
