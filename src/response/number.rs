//! Numbers in data cells.

/// A number as a pupil or a spreadsheet writes it, with the decimal mark the file declares. Thousands may be
/// parted by blanks, and by points where the comma is the decimal mark, but only in groups of three digits:
/// `72.5` in a file with decimal commas is not 725, it is a fault to be looked at.
pub fn parse_number(raw: &str, decimal_comma: bool) -> Option<f64> {
    let raw = raw.trim().replace('\u{2212}', "-");
    let decimal = if decimal_comma { ',' } else { '.' };
    let unsigned = raw.trim_start_matches(['-', '+']);
    if raw.len() - unsigned.len() > 1 {
        return None;
    }
    let (whole, rest) = match unsigned.split_once(decimal) {
        Some((whole, rest)) => (whole, Some(rest)),
        None => (unsigned, None),
    };
    let is_group_mark = |c: char| c.is_whitespace() || (decimal_comma && c == '.');
    let digits =
        if whole.contains(is_group_mark) { without_groups(whole, is_group_mark)? } else { whole.to_owned() };
    let plain = match rest {
        Some(rest) => format!("{digits}.{rest}"),
        None => digits,
    };
    // Rust would also take "inf" and "nan" for numbers.
    let is_numeric =
        plain.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    let value: f64 = is_numeric.then(|| plain.parse().ok()).flatten()?;
    let signed = if raw.starts_with('-') { -value } else { value };
    signed.is_finite().then_some(signed)
}

/// `12 345` or `12.345` without its marks; none where the groups are not of three digits.
fn without_groups(whole: &str, is_mark: impl Fn(char) -> bool) -> Option<String> {
    let mut groups = whole.split(is_mark);
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    fits.then(|| whole.chars().filter(char::is_ascii_digit).collect())
}

#[cfg(test)]
mod tests {
    use super::parse_number;

    #[test]
    fn numbers_are_read_as_the_file_declares() {
        assert_eq!(parse_number("1.234,5", true), Some(1234.5));
        assert_eq!(parse_number("1.234", true), Some(1234.0));
        assert_eq!(parse_number("1.234", false), Some(1.234));
        assert_eq!(parse_number("\u{2212}3", false), Some(-3.0));
        assert_eq!(parse_number("1 234 567", false), Some(1_234_567.0));
        assert_eq!(parse_number("1.5e3", false), Some(1500.0));
        assert_eq!(parse_number(",5", true), Some(0.5));
    }

    #[test]
    fn what_only_looks_like_a_number_is_none() {
        for raw in ["dua", "", "-", "nan", "inf", "1e999", "--5", "1 2", "1,2", "1/2", "5-", "é"] {
            assert_eq!(parse_number(raw, false), None, "{raw}");
        }
        for raw in ["72.5", "1.23.456", "1.2345", "1.234.5"] {
            assert_eq!(parse_number(raw, true), None, "{raw}");
        }
    }
}
