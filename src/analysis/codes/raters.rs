//! Raters: agreement and severity.

super::codes! {
    "A-RATER-001" Refusal "there is one rater only"
        "Agreement needs a second rater. How far the scores depend on this one is not known; have 10 to 20 percent of the work rated twice.";
    "A-RATER-002" Refusal "nobody was rated by two raters"
        "Agreement is computed from work that two raters saw. Have at least a tenth of the persons rated twice, better a fifth.";
    "A-RATER-003" Refusal "too few were rated twice"
        "Less than a tenth of the persons (or fewer than `analysis.smallest_cell`) have two ratings, so no coefficient of agreement is reported as evidence.";
    "A-RATER-004" Caution "a rater rated one person only"
        "No mean is read from one rating. Check that the name of the rater is written alike everywhere.";
    "A-RATER-005" Caution "some rows name no rater"
        "They count in the score, but not in the agreement of raters. Fill in the column of raters.";
    "A-RATER-006" Refusal "raters fall into groups that share no rated person"
        "A severe rater of good work and a mild rater of poor work then look the same, so severity is not estimated and no score is adjusted. Have raters of different groups rate some of the same persons.";
    "A-RATER-007" Refusal "too few ratings for the severity of raters"
        "The model needs more ratings of a person by a rater than there are. Scores stay as the raters gave them.";
    "A-RATER-008" Refusal "the severity of raters could not be estimated"
        "The estimation did not converge, the ratings do not vary enough, or too few persons were rated. Scores stay as the raters gave them.";
    "A-RATER-009" Caution "all ratings of a rater are at one end"
        "A rater who always gives the lowest or always the highest mark has no estimate of severity; scores that rest on this rater are not adjusted and are left out of the adjusted estimate.";
}
