//! Numbers in data cells.

/// A number as a pupil or a spreadsheet writes it. `1.234` is ambiguous: with a decimal comma declared it
/// is one thousand, otherwise a fraction.
pub fn parse_number(raw: &str, decimal_comma: bool) -> Option<f64> {
    let compact: String = raw.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    let compact = compact.replace('\u{2212}', "-");
    let plain = if decimal_comma { compact.replace('.', "").replace(',', ".") } else { compact };
    let looks_numeric =
        plain.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    (looks_numeric && !plain.is_empty())
        .then(|| plain.parse().ok())
        .flatten()
        .filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::parse_number;

    #[test]
    fn numbers_are_read_as_the_file_declares() {
        assert_eq!(parse_number("1.234,5", true), Some(1234.5));
        assert_eq!(parse_number("1.234", false), Some(1.234));
        assert_eq!(parse_number("\u{2212}3", false), Some(-3.0));
        assert_eq!(parse_number("dua", true), None);
    }
}
