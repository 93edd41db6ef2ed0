//! Levels: shares that reached a level, odds ratios, the ordinal regression.

super::codes! {
    "A-LEVEL-001" Caution "too few persons on one side of a level"
        "An odds ratio needs ten persons on the smaller side for every coefficient. The change of the share is still given.";
    "A-LEVEL-002" Caution "the odds ratio is infinite"
        "The group or the wave separates those who reached the level from the others completely. Read the shares.";
    "A-LEVEL-003" Caution "the change of the share cannot be tested"
        "Everybody or nobody reached the level at both waves, or all schools changed alike, so nothing shows how far chance goes.";
    "A-LEVEL-004" Caution "the odds ratio could not be computed"
        "The regression has no answer for the reason given. The change of the share is still given.";
    "A-LEVEL-005" Caution "one school alone determines the odds ratio"
        "Its standard error cannot be estimated then, so the ratio is not given. The shares of the schools show which one it is.";
    "A-LEVEL-006" Caution "the change of the share could not be tested"
        "The notice gives the reason, such as too few schools. The shares themselves stand.";
    "A-LEVEL-007" Caution "the sensitivity of the share to the cut was not examined"
        "It moves the cut by the standard error of measurement, which is not known for this scale: scores from a file have none.";
    "A-LEVEL-008" Caution "the odds ratio differs between the cuts"
        "The proportional-odds model assumes one ratio for all cuts, and the test speaks against it. The common ratio only summarises; read the ratio at each cut.";
    "A-LEVEL-009" Reason "logistic and ordinal regressions are not run on so many persons"
        "Above 200,000 persons they cost much and say what the estimates by schools say.";
    "A-LEVEL-010" Caution "persons with a score have no level at a wave"
        "They are left out of the models of levels. Look whether the cuts cover the whole scale.";
    "A-LEVEL-011" Caution "the Stuart-Maxwell test is singular"
        "The levels fall into parts between which nobody moved. Read Bowker's test and the movement by schools.";
    "A-LEVEL-012" Caution "nobody changed level"
        "Tests of movement have no answer.";
}
