//! Which parameters of the one softmax are free, and how many persons each choice needs.

/// A model of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Slopes 1, free intercepts: Rasch for two categories (Rasch 1960), partial credit for more
    /// (Masters 1982). The population variance is free.
    PartialCredit,
    /// Slopes 1, one location per item and steps shared by all items (Andrich 1978).
    RatingScale,
    /// Free slopes and intercepts: two-parameter model (Birnbaum 1968), generalised partial credit
    /// (Muraki 1992). The (first) population is standard normal.
    GeneralisedPartialCredit,
}

impl Family {
    /// True when every slope is 1, so that the sum score is sufficient for ability.
    pub fn has_unit_slopes(self) -> bool {
        self != Family::GeneralisedPartialCredit
    }
}

/// Persons per item below which Rasch difficulties are too unstable to report (about half a logit either
/// way at 95 percent): Linacre (1994), Rasch Measurement Transactions 7(4), 328.
const RASCH_PERSONS: usize = 100;
/// Answers per category for stable steps: Linacre (2002), Journal of Applied Measurement 3, 85-106.
const CATEGORY_ANSWERS: f64 = 10.0;
/// Persons for slopes: 500 is the common advice for the two-parameter model without priors (Hulin,
/// Lissak & Drasgow 1982, Applied Psychological Measurement 6, 249-260; de Ayala 2009, chapter 5).
const SLOPE_PERSONS: usize = 500;

/// What the sample size allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// The model asked for.
    Use(Family),
    /// Slopes cannot be supported: use unit slopes.
    FallBackTo(Family),
    /// Too few persons for any of the models: report classical scores.
    Classical,
}

/// A gate's verdict with the numbers behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// What to do.
    pub advice: Advice,
    /// Smallest number of persons on any item.
    pub persons: usize,
    /// Persons that the asked model needs.
    pub needed: usize,
    /// Smallest number of answers in any category that occurs.
    pub smallest_category: usize,
    /// True when some category has fewer answers than stable steps need.
    pub thin_categories: bool,
}

/// Gates a model by sample size.
///
/// `counts[i][k]` is the number of persons with k points on item i. Free slopes need 500 persons per
/// item, any model 100; below that the verdict names what to do instead. Thin categories (fewer than 10
/// answers) are reported and do not change the verdict.
pub fn gate(family: Family, counts: &[Vec<usize>]) -> Gate {
    let persons = counts.iter().map(|c| c.iter().sum::<usize>()).min().unwrap_or(0);
    let smallest_category = counts.iter().flatten().copied().filter(|n| *n > 0).min().unwrap_or(0);
    let needed = if family.has_unit_slopes() { RASCH_PERSONS } else { SLOPE_PERSONS };
    let advice = if persons >= needed {
        Advice::Use(family)
    } else if persons >= RASCH_PERSONS {
        Advice::FallBackTo(Family::PartialCredit)
    } else {
        Advice::Classical
    };
    Gate {
        advice,
        persons,
        needed,
        smallest_category,
        thin_categories: (smallest_category as f64) < CATEGORY_ANSWERS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_back_by_persons() {
        let counts = |n: usize| vec![vec![n / 2, n - n / 2]; 3];
        let two = Family::GeneralisedPartialCredit;
        assert_eq!(gate(two, &counts(600)).advice, Advice::Use(two));
        assert_eq!(gate(two, &counts(300)).advice, Advice::FallBackTo(Family::PartialCredit));
        assert_eq!(gate(two, &counts(40)).advice, Advice::Classical);
        assert_eq!(gate(two, &[]).advice, Advice::Classical);
    }
}
