/// The candidate closest to a misspelt word, if any is close enough to be what was meant.
///
/// Closeness is Damerau-Levenshtein similarity of the lower-cased words; at least 0.6 of the longer word
/// must agree, which admits one slip in three letters and a transposition in four.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const CLOSE_ENOUGH: f64 = 0.6;
    let word = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let score = strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
        if score >= CLOSE_ENOUGH && best.is_none_or(|(leader, _)| score > leader) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_a_slip_and_refuses_a_stranger() {
        assert_eq!(nearest("titel", ["title", "items"]), Some("title"));
        assert_eq!(nearest("zzz", ["title", "items"]), None);
    }
}
