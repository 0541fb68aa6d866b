//! What happened to invoices in histories, so that a promise about them is not kept by nothing happening.

use std::fmt;

macro_rules! dealings {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal,)*) => {
        /// How often each thing happened to invoices.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Dealings {
            $($(#[doc = $doc])* pub $name: u64,)*
        }

        impl Dealings {
            /// Takes over what `other` counted.
            pub fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }
        }

        impl fmt::Display for Dealings {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let told = [$(format!("{} {}", self.$name, $word),)*];
                f.write_str(&told.join(", "))
            }
        }
    };
}

dealings! {
    /// Made by us, on either side.
    made = "made",
    /// Booked by us.
    booked = "booked",
    /// Sent by us.
    sent = "sent",
    /// Payments registered by us.
    paid = "payments",
    /// Booked, by anybody.
    frozen = "booked in all",
    /// Booked, and edited in the CRM.
    proposals = "proposals",
    /// Drafts that wait because the sums differ.
    off = "off by øre",
    /// Without an account for their VAT.
    unmapped = "of unmapped VAT",
    /// Dated in a closed period.
    closed = "in a closed period",
    /// Credit notes that stand on both sides.
    credited = "credit notes",
    /// Shown with Dinero's number in the CRM.
    numbered = "numbered in the CRM",
}
