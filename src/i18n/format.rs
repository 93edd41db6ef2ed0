//! Numbers, percentages, p-values, intervals and dates as each language writes them.
//!
//! Indonesian uses a decimal comma and a dot between thousands (1.234,5), English the reverse
//! (1,234.5). Rounding happens here, once, at the edge where a number becomes text.

use super::Lang;

/// The minus sign of typography (U+2212), which lines up with digits.
const MINUS: char = '\u{2212}';

/// `value` with `decimals` digits after the decimal mark and thousands grouped.
///
/// ```
/// use dampak::i18n::{Lang, format::number};
/// assert_eq!(number(Lang::Id, 1234.56, 1), "1.234,6");
/// assert_eq!(number(Lang::En, 1234.56, 1), "1,234.6");
/// ```
pub fn number(lang: Lang, value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let plain = format!("{:.*}", decimals, value.abs());
    let is_zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let (group, mark) = match lang {
        Lang::Id => ('.', ','),
        Lang::En => (',', '.'),
    };
    let mut out = String::new();
    if value < 0.0 && !is_zero {
        out.push(MINUS);
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(mark);
        out.push_str(fraction);
    }
    out
}

/// `value` with an explicit plus sign where it is positive, for changes and effects.
pub fn signed(lang: Lang, value: f64, decimals: usize) -> String {
    let text = number(lang, value, decimals);
    let shows_a_digit = text.chars().any(|c| c.is_ascii_digit() && c != '0');
    if value > 0.0 && shows_a_digit { format!("+{text}") } else { text }
}

/// A whole number with thousands grouped.
pub fn count(lang: Lang, value: usize) -> String {
    // Counts stay far below 2^53, so the conversion is exact.
    number(lang, value as f64, 0)
}

/// A share between 0 and 1 as a percentage with the sign attached.
pub fn percent(lang: Lang, share: f64, decimals: usize) -> String {
    format!("{}%", number(lang, share * 100.0, decimals))
}

/// A p-value: three decimals, never "0.000".
///
/// ```
/// use dampak::i18n::{Lang, format::p_value};
/// assert_eq!(p_value(Lang::Id, 0.0131), "p = 0,013");
/// assert_eq!(p_value(Lang::En, 1e-9), "p < 0.001");
/// ```
pub fn p_value(lang: Lang, p: f64) -> String {
    if !p.is_finite() {
        return "p = –".to_owned();
    }
    if p < 0.001 {
        return format!("p < {}", number(lang, 0.001, 3));
    }
    format!("p = {}", number(lang, p, 3))
}

/// An interval as "3.1 to 8.9" (en) or "3,1 sampai 8,9" (id).
pub fn interval(lang: Lang, bounds: [f64; 2], decimals: usize) -> String {
    let joiner = match lang {
        Lang::Id => "sampai",
        Lang::En => "to",
    };
    format!("{} {joiner} {}", number(lang, bounds[0], decimals), number(lang, bounds[1], decimals))
}

/// An interval for a table cell: "[3.1; 8.9]". The semicolon keeps decimal commas readable.
pub fn bracket(lang: Lang, bounds: [f64; 2], decimals: usize) -> String {
    format!("[{}; {}]", number(lang, bounds[0], decimals), number(lang, bounds[1], decimals))
}

/// Degrees of freedom: whole numbers bare, others with one decimal.
pub fn degrees(lang: Lang, df: f64) -> String {
    let whole = (df - df.round()).abs() < 5e-10;
    number(lang, df, if whole { 0 } else { 1 })
}

const MONTHS: [(&str, &str); 12] = [
    ("Januari", "January"),
    ("Februari", "February"),
    ("Maret", "March"),
    ("April", "April"),
    ("Mei", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("Agustus", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Desember", "December"),
];

/// An ISO date (`2025-07-12`) as "12 Juli 2025" or "12 July 2025"; anything else as it stands.
pub fn date(lang: Lang, iso: &str) -> String {
    let parts: Vec<&str> = iso.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return iso.to_owned() };
    let (Ok(month), Ok(day)) = (month.parse::<usize>(), day.parse::<usize>()) else { return iso.to_owned() };
    let Some((id, en)) = month.checked_sub(1).and_then(|index| MONTHS.get(index)) else {
        return iso.to_owned();
    };
    let name = match lang {
        Lang::Id => id,
        Lang::En => en,
    };
    format!("{day} {name} {year}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_zero_carries_no_sign() {
        assert_eq!(number(Lang::En, -0.004, 2), "0.00");
        assert_eq!(signed(Lang::En, 0.004, 2), "0.00");
        assert_eq!(signed(Lang::Id, 0.6, 1), "+0,6");
    }

    #[test]
    fn thousands_are_grouped_from_the_right() {
        assert_eq!(count(Lang::Id, 1_500_000), "1.500.000");
        assert_eq!(number(Lang::En, -1234.5, 1), "\u{2212}1,234.5");
        assert_eq!(count(Lang::En, 999), "999");
    }

    #[test]
    fn what_is_not_a_number_is_a_dash() {
        assert_eq!(number(Lang::Id, f64::NAN, 2), "–");
    }

    #[test]
    fn dates_follow_the_language_and_odd_ones_stay() {
        assert_eq!(date(Lang::Id, "2025-07-12"), "12 Juli 2025");
        assert_eq!(date(Lang::En, "2025-13-12"), "2025-13-12");
    }
}
