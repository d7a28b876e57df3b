//! When two names or codes are the same thing. Invariant: the folded form is what is compared and stored beside the name, never what is shown.

use serde::{Deserialize, Serialize};

use super::words::UnitKind;

/// Within which circle a unit's name is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NameScope {
    /// One such name in the whole city.
    CityWide,
    /// One such name per holding organisation.
    PerHolder,
}

/// Names are unique city-wide, but per holder for courses, textbooks, teams and programme groups (domain, "The roster").
pub const fn name_scope(kind: UnitKind) -> NameScope {
    match kind {
        UnitKind::Course | UnitKind::Textbook | UnitKind::Team | UnitKind::ProgrammeGroup => NameScope::PerHolder,
        _ => NameScope::CityWide,
    }
}

/// The half-width form of a full-width ASCII character or of the ideographic space; anything else unchanged.
pub fn fold_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    }
}

/// A name without width, case, spaces, punctuation, quotes and brackets. Empty when the name holds nothing else.
pub fn normalise_name(text: &str) -> String {
    text.chars()
        .map(fold_width)
        // `+` and `#` tell C, C++ and C# courses apart; every other sign is folded away.
        .filter(|c| c.is_alphanumeric() || matches!(c, '+' | '#'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A code without width, case and spaces, with one kind of dash. Other signs belong to the code.
pub fn normalise_code(text: &str) -> String {
    text.chars()
        .map(fold_width)
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .map(|c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}') { '-' } else { c })
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_to_the_same_form() {
        for (one, other) in [
            ("数控技术（示范）联合体", "数控技术(示范)联合体"),
            ("“双高”学校", "\"双高\"学校"),
            ("「双高」学校", "双高学校"),
            ("ＡＩ 应用　基础", "ai应用基础"),
            ("现代·物流——联合体", "现代物流联合体"),
            ("Bihuan, Inc.", "bihuan inc"),
            ("‘工匠’学院", "'工匠'学院"),
            ("《高职英语》", "【高职英语】"),
            ("１２３、中心", "123中心"),
        ] {
            assert_eq!(normalise_name(one), normalise_name(other), "{one} / {other}");
        }
        for (one, other) in [("C语言", "C++语言"), ("C#语言", "C语言"), ("第一中心", "第中心"), ("课程1", "课程2")] {
            assert_ne!(normalise_name(one), normalise_name(other), "{one} / {other}");
        }
        assert_eq!(normalise_name("“”——（）　"), "");
    }

    #[test]
    fn codes_keep_their_signs() {
        for (text, code) in [(" bj－001 ", "BJ-001"), ("bj–001", "BJ-001"), ("ＢＪ/001", "BJ/001"), ("a.1_b", "A.1_B"), ("　", "")] {
            assert_eq!(normalise_code(text), code);
        }
    }

    #[test]
    fn only_what_a_school_makes_is_unique_per_holder() {
        let per_holder: Vec<_> = UnitKind::ALL.iter().copied().filter(|kind| name_scope(*kind) == NameScope::PerHolder).collect();
        assert_eq!(per_holder, [UnitKind::ProgrammeGroup, UnitKind::Course, UnitKind::Textbook, UnitKind::Team]);
    }
}
