//! Closed word lists. Invariant: each variant has exactly one text, and that text is what the database, the plan files and the forms carry.

/// The text is none of the words of the list it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {list}")]
pub struct UnknownWord {
    /// Name of the list.
    pub list: &'static str,
    /// The text that was read.
    pub text: String,
}

/// Declares an enum whose variants have a fixed text, with `ALL`, `as_str`, `FromStr`, `Display` and serde.
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $Name:ident { $($(#[$vmeta:meta])* $Variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        $vis enum $Name { $($(#[$vmeta])* #[serde(rename = $text)] $Variant),+ }

        impl $Name {
            /// Every variant, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The text that stands for the variant everywhere outside the program.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$Variant => $text),+ }
            }
        }

        impl std::str::FromStr for $Name {
            type Err = $crate::domain::text_enum::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$Variant),)+
                    _ => Err($crate::domain::text_enum::UnknownWord { list: stringify!($Name), text: text.to_owned() }),
                }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use text_enum;
