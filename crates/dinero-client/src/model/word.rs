//! Words of the API as enums that survive a new word.

/// Declares an enum whose words are compared without case, and which keeps a word that it does not know.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident $(= $text:literal)?),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the API's own words")]
        pub enum $name {
            $($variant,)*
            /// A word that this version does not know.
            Other(String),
        }

        impl $name {
            /// The words that are documented.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];

            /// The word as the API spells it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $crate::model::word::words!(@text $variant $($text)?),)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                let known = Self::KNOWN.iter().find(|known| known.as_str().eq_ignore_ascii_case(&word));
                known.cloned().unwrap_or(Self::Other(word))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    )*};
    (@text $variant:ident) => { stringify!($variant) };
    (@text $variant:ident $text:literal) => { $text };
}

pub(crate) use words;
