//! The classical appendix.

super::codes! {
    "A-CLASSIC-001" Refusal "a group is too small for its classical tests"
        "It has fewer persons than `analysis.smallest_cell`, so its tests are left out of the appendix.";
    "A-CLASSIC-002" Caution "Shapiro-Wilk cannot be computed"
        "The test needs 3 to 5,000 values that are not all equal. With more persons look at the histogram of the differences; the analysis does not depend on normality.";
    "A-CLASSIC-003" Caution "all differences are equal"
        "Everybody changed by the same amount, so the paired t has no standard error. Check the data: real scores hardly do that.";
    "A-CLASSIC-004" Refusal "normalised gain needs a maximum"
        "N-Gain is the gain over what was left to gain. Declare `range` for the outcome to have it computed; a measure by item response theory has no such maximum.";
    "A-CLASSIC-005" Caution "normalised gain could not be computed"
        "Nothing was left to gain (everybody stood at the maximum first), or scores lie outside the declared range.";
    "A-CLASSIC-006" Refusal "there are more than two groups"
        "Classical tests between groups are computed for one programme and one comparison group; with more, only the tests within each group are given.";
}
