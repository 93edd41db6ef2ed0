//! Purification: items with DIF leave the matching score, and all items are tested again.

/// How purification proceeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurifyOptions {
    /// Most rounds; difR's default.
    pub max_rounds: usize,
    /// With fewer anchors left than this, the matching score means little and purification is given up.
    pub min_anchors: usize,
}

impl Default for PurifyOptions {
    fn default() -> Self {
        PurifyOptions { max_rounds: 10, min_anchors: 3 }
    }
}

/// Why purification stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurifyStop {
    /// The same items are flagged twice in a row.
    Stable,
    /// Flagged items came back in turn; the last round stands.
    Cycle,
    /// The cap of rounds was reached; the last round stands.
    RoundCap,
    /// Too few items remain without a flag: the result is that of all items as anchors.
    TooFewAnchors,
}

/// The outcome of purification.
#[derive(Debug, Clone, PartialEq)]
pub struct Purified<T> {
    /// Result of the final round.
    pub result: T,
    /// Items that were anchors in that round, ascending.
    pub anchors: Vec<usize>,
    /// Items flagged by that round, ascending.
    pub flagged: Vec<usize>,
    /// Rounds after the first.
    pub rounds: usize,
    /// Why it stopped.
    pub stop: PurifyStop,
}

/// Tests all items with all as anchors, then with the unflagged ones as anchors until the flags stay.
///
/// `items` is their number, `test` gives the result for a set of anchors, `flagged` the items that it flags
/// in ascending order. Dropping nearly all items leaves nothing to match on (difR then reports infinite
/// statistics as converged); here the first round stands and the reason is named.
///
/// # References
/// Candell & Drasgow (1988), Applied Psychological Measurement 12, 253-260.
pub fn purify<T: Clone>(
    items: usize,
    options: &PurifyOptions,
    mut test: impl FnMut(&[usize]) -> T,
    flagged: impl Fn(&T) -> Vec<usize>,
) -> Purified<T> {
    let all: Vec<usize> = (0..items).collect();
    let first = test(&all);
    let mut history = vec![flagged(&first)];
    let mut current = Purified {
        result: first.clone(),
        anchors: all.clone(),
        flagged: history[0].clone(),
        rounds: 0,
        stop: PurifyStop::Stable,
    };
    if current.flagged.is_empty() {
        return current;
    }
    for round in 1..=options.max_rounds {
        let anchors: Vec<usize> = all.iter().copied().filter(|i| !current.flagged.contains(i)).collect();
        if anchors.len() < options.min_anchors.max(1) {
            let (flagged, stop) = (history[0].clone(), PurifyStop::TooFewAnchors);
            return Purified { result: first, anchors: all, flagged, rounds: round - 1, stop };
        }
        let result = test(&anchors);
        let flags = flagged(&result);
        let stable = flags == current.flagged;
        let seen = history.contains(&flags);
        current =
            Purified { result, anchors, flagged: flags.clone(), rounds: round, stop: PurifyStop::Stable };
        if stable || seen {
            current.stop = if stable { PurifyStop::Stable } else { PurifyStop::Cycle };
            return current;
        }
        history.push(flags);
    }
    current.stop = PurifyStop::RoundCap;
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(flags: impl Fn(&[usize]) -> Vec<usize>, max_rounds: usize) -> Purified<Vec<usize>> {
        purify(5, &PurifyOptions { max_rounds, min_anchors: 2 }, flags, Clone::clone)
    }

    #[test]
    fn stops_for_a_named_reason() {
        let stable = run(|_| vec![1], 10);
        assert_eq!((stable.stop, stable.rounds, stable.anchors), (PurifyStop::Stable, 1, vec![0, 2, 3, 4]));
        assert_eq!(run(|_| vec![], 10).rounds, 0);
        let all = run(|_| vec![0, 1, 2, 3], 10);
        assert_eq!((all.stop, all.anchors.len()), (PurifyStop::TooFewAnchors, 5));
        let turn = |anchors: &[usize]| if anchors.contains(&1) { vec![1] } else { vec![2] };
        assert_eq!(run(turn, 10).stop, PurifyStop::Cycle);
        assert_eq!(run(turn, 1).stop, PurifyStop::RoundCap);
    }
}
