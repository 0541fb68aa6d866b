//! Danish data out of a number: the same number always gives the same words, names, numbers and addresses.

use rust_decimal::Decimal;
use sync_model::Value;

/// Picks by a number; cheap, because every law is tried a hundred thousand times.
pub(crate) struct Pick(u64);

const SYLLABLES: [&str; 32] = [
    "nord", "lys", "bæk", "ø", "gård", "Ærø", "Å", "a\u{30a}", "mølle", "sen", "Jen", "ka", "ffe", "é", "ü", "ß",
    "ring", "Kø", "benhavn", "ApS", "A/S", "I/S", "vej", "By", "12", "&", "<b>", "€", "&amp;", "&oslash;", "&#039;",
    "&copy",
];
const NOISE: [char; 24] = [
    'ὒ', '\u{a0}', '\u{200b}', '\u{301}', '\u{2028}', 'ﬁ', 'İ', 'ǅ', '☃', '😀', '中', '½', '²', '٣', '"', '\'', '&',
    ';', '#', '\\', '%', '=', '|', '\u{feff}',
];
const BLANKS: [&str; 9] = [" ", " ", " ", "  ", "\u{a0}", "\t", "\r\n", "\n", ", "];

impl Pick {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// A number below `most` (splitmix64).
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % most as u64).expect("below most")
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).expect("a digit"))).collect()
    }

    fn word(&mut self) -> String {
        match self.below(8) {
            0 => {
                let count = 1 + self.below(4);
                self.digits(count)
            }
            1 => (0..=self.below(3)).map(|_| self.of(&NOISE)).collect(),
            _ => (0..=self.below(3)).map(|_| self.of(&SYLLABLES)).collect(),
        }
    }

    pub(crate) fn words(&mut self) -> String {
        (0..self.below(6)).map(|_| self.word() + self.of(&BLANKS)).collect()
    }

    /// `text` as somebody else would type it.
    fn retyped(&mut self, text: &str) -> String {
        match self.below(6) {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            2 => format!(" {text}\u{a0}"),
            3 => text.replace(' ', "  "),
            _ => text.to_owned(),
        }
    }

    /// Mostly what `usual` gives, sometimes anything.
    fn mostly(&mut self, usual: impl FnOnce(&mut Self) -> String) -> Value {
        let text = if self.below(8) == 0 { self.words() } else { usual(self) };
        Value::text(self.retyped(&text))
    }
}

pub(crate) fn text(pick: &mut Pick) -> Value {
    match pick.below(20) {
        0 => Value::Empty,
        1 => Value::Decimal(Decimal::new(i64::try_from(pick.below(1_000_000)).expect("small"), 3)),
        _ => Value::text(pick.words()),
    }
}

pub(crate) fn phone(pick: &mut Pick) -> Value {
    pick.mostly(|pick| {
        let prefix = match pick.below(4) {
            0 => pick.of(&["+46 (0)", "+49 ", "+39 0", "+298", "+", "00"]),
            _ => pick.of(&["", "", "+45 ", "0045", "(+45) "]),
        };
        let shape = pick.below(6).saturating_sub(2);
        let count = 3 + pick.below(12);
        let number = match shape {
            0 => pick.digits(8),
            1 => (0..4).map(|_| pick.digits(2)).collect::<Vec<_>>().join(" "),
            2 => format!("{}-{}", pick.digits(4), pick.digits(4)),
            _ => pick.digits(count),
        };
        format!("{prefix}{number}{}", pick.of(&["", "", "", " lok. 12", "/", ";ext=1"]))
    })
}

pub(crate) fn listed(rows: &'static [String]) -> impl Fn(&mut Pick) -> Value {
    move |pick| pick.mostly(|pick| rows[pick.below(rows.len())].clone())
}

/// A number of `count` digits behind one of `names`, in groups or not.
pub(crate) fn number(names: &'static [&'static str], count: usize) -> impl Fn(&mut Pick) -> Value {
    move |pick| {
        if pick.below(12) == 0 {
            return Value::Decimal(pick.digits(count).parse().expect("digits"));
        }
        pick.mostly(|pick| {
            let wrong = pick.below(6) == 0;
            let digits = pick.digits(if wrong { count + 1 } else { count });
            let gap = pick.of(&["", "", " ", ".", "-"]);
            let digits: Vec<&str> =
                digits.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("ascii")).collect();
            format!("{}{}", pick.of(names), digits.join(gap))
        })
    }
}

pub(crate) fn email(pick: &mut Pick) -> Value {
    pick.mostly(|pick| format!("{}@{}.{}", pick.word(), pick.word(), pick.of(&["dk", "COM", "æø"])))
}

pub(crate) fn url(pick: &mut Pick) -> Value {
    pick.mostly(|pick| {
        let scheme = pick.of(&["", "http://", "https://", "HTTP://", "https://http://", "http:// "]);
        format!("{scheme}www.{}.dk{}", pick.word(), pick.of(&["", "/", "//", "/Om-Os/", "/?q=/", " /"]))
    })
}

pub(crate) fn html(pick: &mut Pick) -> Value {
    pick.mostly(|pick| {
        let parts = [
            "&amp;",
            "&lt;",
            "&quot;",
            "&#39;",
            "&oslash;",
            "&#230;",
            "&amp;amp;",
            "&",
            "&notanentity;",
            "&#0;",
            "&lt",
        ];
        (0..pick.below(5)).map(|_| pick.of(&parts).to_owned() + &pick.word()).collect()
    })
}

pub(crate) fn decimal(pick: &mut Pick) -> Value {
    let scale = u32::try_from(pick.below(9)).expect("small");
    let number = Decimal::new(i64::try_from(pick.below(1 << 40)).expect("fits") - (1 << 39), scale);
    match pick.below(6) {
        0 => Value::Empty,
        1 => Value::text(format!("{number}")),
        2 => Value::text("0.00000000"),
        3 => text(pick),
        _ => Value::Decimal(number),
    }
}

pub(crate) fn amount(pick: &mut Pick) -> Value {
    if pick.below(4) == 0 {
        return decimal(pick);
    }
    pick.mostly(|pick| {
        let (whole, part) = (1 + pick.below(3), pick.digits(2));
        let thousands = pick.digits(whole);
        let rest = pick.digits(3);
        let number = match pick.below(6) {
            0 => format!("{thousands}.{rest},{part}"),
            1 => format!("{thousands},{rest}.{part}"),
            2 => format!("{thousands}{rest},{part}"),
            3 => format!("{thousands}.{rest}"),
            4 => format!("{thousands} {rest},-"),
            _ => format!("-{thousands}.{part}"),
        };
        format!(
            "{}{number}{}",
            pick.of(&["", "", "DKK ", "kr. ", "EUR ", "$"]),
            pick.of(&["", "", " kr.", " kr", " DKK", "€"])
        )
    })
}

pub(crate) fn flag(pick: &mut Pick) -> Value {
    match pick.below(4) {
        0 => Value::Flag(pick.below(2) == 0),
        1 => text(pick),
        _ => Value::text(pick.of(&["0", "1", "true", "false", " 1 ", "", "ja", "yes"])),
    }
}

pub(crate) fn day(pick: &mut Pick) -> Value {
    pick.mostly(|pick| {
        let (day, month, year) = (pick.below(33), pick.below(14), 1990 + pick.below(80));
        let mark = pick.of(&["-", ".", "/"]);
        match pick.below(4) {
            0 => "0000-00-00".to_owned(),
            1 => format!("{day}{mark}{month}{mark}{year}"),
            2 => format!("{day:02}{mark}{month:02}{mark}{year}"),
            _ => format!("{year}-{month:02}-{day:02}"),
        }
    })
}

pub(crate) fn house(pick: &mut Pick) -> Value {
    pick.mostly(|pick| {
        let number = 1 + pick.below(200);
        format!("{number}{}", pick.of(&["", " B", "C", ", 2. sal", ", st. tv.", "-3"]))
    })
}

pub(crate) fn address(pick: &mut Pick) -> Value {
    pick.mostly(|pick| {
        let street = pick.of(&["Havnegade", "10. Februarvej", "H.C. Andersens Boulevard", "Å", "c/o Jensen"]);
        let house = house(pick).to_string();
        format!(
            "{street}{}{house}{}",
            pick.of(&[" ", "  ", ", ", "\n"]),
            pick.of(&["", "\n2. sal", "\r\n\r\nBygning 3 "])
        )
    })
}

pub(crate) fn terms(pick: &mut Pick) -> Value {
    pick.mostly(|pick| {
        let days = pick.below(1200);
        let word = pick.of(&[
            "Netto",
            "NettoCash",
            "CurrentMonthOut",
            "Løbende måned",
            "net",
            "Kontant",
            "lb. md.",
            "Paid",
            "",
        ]);
        match pick.below(4) {
            0 => word.to_owned(),
            1 => format!("{word} {days}"),
            2 => format!("{word} {days} dage"),
            _ => format!("{days} days {word} 2 %"),
        }
    })
}

pub(crate) fn days(pick: &mut Pick) -> Value {
    let days = pick.below(1100);
    match pick.below(4) {
        0 => Value::Empty,
        1 => Value::text(days.to_string()),
        2 => text(pick),
        _ => Value::Decimal(days.into()),
    }
}
