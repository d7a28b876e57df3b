//! Organisations. Invariant: an organisation is never deleted; when it is no longer used it is retired, its name stays taken, and what it
//! was until a change is kept.

use pinyin::ToPinyin;

use super::{StoreError, Tx, execute, fetch_all, fetch_optional, former};
use crate::{
    domain::{ids::OrganisationId, names::fold_width, words::OrganisationKind},
    lang::Lang,
};

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// The organisation above it.
    pub parent_id: Option<OrganisationId>,
    /// What it is.
    pub kind: OrganisationKind,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// Pinyin of the Chinese name.
    pub sort_key: String,
    /// Chinese name of its district; empty for none.
    pub district: String,
    /// Made at, in milliseconds since 1970.
    pub created_at: i64,
    /// Retired since.
    pub retired_at: Option<i64>,
}

impl Organisation {
    /// The name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        organisation_name(lang, &self.name_zh, &self.name_en)
    }

    /// Whether it is no longer used for anything new.
    pub const fn is_retired(&self) -> bool {
        self.retired_at.is_some()
    }
}

/// An organisation's name in a language: the Chinese one where there is no English one.
pub fn organisation_name<'t>(lang: Lang, zh: &'t str, en: &'t str) -> &'t str {
    lang.pick(zh, en)
}

/// What a Chinese name is sorted by: the pinyin of each character, one space after each, so that `xi an` stands before `xian`.
pub fn make_sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 2);
    for character in name.chars().map(fold_width) {
        match character.to_pinyin() {
            Some(pinyin) => {
                key.push_str(pinyin.plain());
                key.push(' ');
            }
            None => key.extend(character.to_lowercase()),
        }
    }
    key.trim_end().to_owned()
}

macro_rules! select_organisations {
    ($rest:literal) => {
        concat!("SELECT id, parent_id, kind, name_zh, name_en, sort_key, district, created_at, retired_at FROM organisations ", $rest)
    };
}

/// The organisation with an id.
pub async fn find_organisation(tx: &mut Tx, id: &OrganisationId) -> Result<Option<Organisation>, StoreError> {
    fetch_optional!(tx, Organisation, select_organisations!("WHERE id = $1"), id)
}

/// Every organisation, retired ones too, in the order of their pinyin.
pub async fn list_organisations(tx: &mut Tx) -> Result<Vec<Organisation>, StoreError> {
    let mut organisations = fetch_all!(tx, Organisation, select_organisations!("ORDER BY id"))?;
    // Sorted here: the two databases do not agree on the order of texts.
    organisations.sort_by(|one, other| (&one.sort_key, &one.name_zh).cmp(&(&other.sort_key, &other.name_zh)));
    Ok(organisations)
}

/// The commission: there is one at most.
pub async fn find_commission(tx: &mut Tx) -> Result<Option<OrganisationId>, StoreError> {
    let row = fetch_optional!(
        tx,
        (OrganisationId,),
        "SELECT id FROM organisations WHERE kind = $1 ORDER BY id LIMIT 1",
        OrganisationKind::Commission
    )?;
    Ok(row.map(|(id,)| id))
}

/// Makes an organisation.
pub async fn insert_organisation(tx: &mut Tx, new: &Organisation) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO organisations (id, parent_id, kind, name_zh, name_en, sort_key, district, created_at, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &new.id,
        &new.parent_id,
        new.kind,
        &new.name_zh,
        &new.name_en,
        &new.sort_key,
        &new.district,
        new.created_at,
        new.retired_at,
    )?;
    Ok(())
}

/// Changes everything about an organisation but its age, at an instant.
pub async fn update_organisation(tx: &mut Tx, changed: &Organisation, at: i64) -> Result<(), StoreError> {
    former::keep_organisation(tx, &changed.id, at).await?;
    execute!(
        tx,
        "UPDATE organisations SET parent_id = $2, kind = $3, name_zh = $4, name_en = $5, sort_key = $6, district = $7, retired_at = $8
         WHERE id = $1",
        &changed.id,
        &changed.parent_id,
        changed.kind,
        &changed.name_zh,
        &changed.name_en,
        &changed.sort_key,
        &changed.district,
        changed.retired_at,
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_their_pinyin() {
        for (name, key) in [
            ("西安", "xi an"),
            ("先锋", "xian feng"),
            ("A1 学院", "a1 xue yuan"),
            ("Ｂ区", "bqu"),
            ("北京（一）", "bei jing (yi )"),
            ("", ""),
        ] {
            assert_eq!(make_sort_key(name), key);
        }
    }
}
