//! What the texts of settings mean: periods, amounts, days, services, accounts. Amounts and days are read as Danes write
//! them, too.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

/// A period such as `3h`; at least a second.
pub(super) fn period(text: &str) -> Option<Duration> {
    let (number, unit) = text.trim().split_at_checked(text.trim().len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let number: u64 = number.parse().ok().filter(|number| *number > 0)?;
    Some(Duration::from_secs(number.checked_mul(seconds)?))
}

/// `Services/26x5` or `Products/14x4`: the module and the id.
pub(crate) fn service(text: &str) -> Option<(&str, &str)> {
    let (module, id) = text.split_once('/')?;
    let (prefix, number) = id.split_once('x')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (matches!(module, "Services" | "Products") && digits(prefix) && digits(number)).then_some((module, id))
}

/// `25=1000,0=1100`. Rates are percentages, accounts are numbers.
pub(super) fn accounts(text: &str) -> Option<BTreeMap<String, u32>> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (rate, account) = pair.split_once('=')?;
            let account = account.trim().parse().ok()?;
            if let "0-eu" | "0-world" = rate.trim() {
                return Some((rate.trim().to_owned(), account));
            }
            let rate: Decimal = rate.trim().parse().ok()?;
            Some((rate.normalize().to_string(), account))
        })
        .collect()
}

/// `0.05` or `0,05`, and `1.000,50` with points between thousands; never less than nothing.
pub(super) fn amount(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain = if text.contains(',') { text.replace('.', "").replacen(',', ".", 1) } else { text.to_owned() };
    plain.parse().ok().filter(|amount| *amount >= Decimal::ZERO)
}

/// `2025-12-31`, `31.12.2025` or `31-12-2025`. A year of two digits would be one of antiquity.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let read = |form| NaiveDate::parse_from_str(text.trim(), form).ok().filter(|day| day.year() >= 1900);
    ["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y"].into_iter().find_map(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_days_are_read_in_both_forms() {
        for (text, read) in [("0.10", "0.10"), ("0,10", "0.10"), ("1.000,50", "1000.50"), ("2", "2")] {
            assert_eq!(amount(text), read.parse().ok(), "{text}");
        }
        for text in ["", "-0,10", "0,1,0", "ti"] {
            assert_eq!(amount(text), None, "{text}");
        }
        let last = NaiveDate::from_ymd_opt(2025, 12, 31);
        for text in ["2025-12-31", "31.12.2025", "31-12-2025"] {
            assert_eq!(day(text), last, "{text}");
        }
        for text in ["", "31.12.25", "32.12.2025", "12.31.2025", "i går"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
