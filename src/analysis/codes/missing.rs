//! Those who are missing: loss, first differences, bounds, imputation.

super::codes! {
    "A-ATTRITION-001" Reason "loss is shown without a verdict"
        "The boundaries of the What Works Clearinghouse are about the difference in loss between a programme and a comparison group; one group has no such difference.";
    "A-ATTRITION-002" Caution "loss is high by the declared boundary"
        "So many were lost, or so unevenly, that the groups that are left need not be alike any more. Read baseline equivalence and the bounds on the estimate with it.";
    "A-ATTRITION-003" Caution "the verdict on loss depends on the boundary"
        "The optimistic and the cautious boundary of the What Works Clearinghouse disagree here. Say in the report why the declared one fits: the cautious one where loss may have to do with the programme.";
    "A-ATTRITION-004" Refusal "a group has nobody on the roster"
        "A rate of loss needs everybody who should have been measured. List all participants of both groups in the roster, measured or not.";
    "A-ATTRITION-005" Caution "those measured last only decide the verdict on loss"
        "Left out, they turn the verdict round. Find out whether they were absent at the first measurement or joined later; joiners do not belong to the groups as formed.";
    "A-BASE-002" Caution "a first difference could not be computed"
        "The characteristic does not vary, or too few have it; the notice says which. Its balance is not known.";
    "A-BASE-003" Caution "a covariate has too many values that are no numbers"
        "A column of names or free text is neither a number nor a few groups, so its balance is not looked at. Recode it into a few groups in the roster.";
    "A-BASE-004" Caution "the groups differed in a characteristic before the programme"
        "They were more than 0.25 standard deviations apart. The groups were not alike in this respect; discuss whether it could explain a difference in change.";
    "A-BOUND-001" Reason "nobody was lost"
        "Everybody who was measured first was measured last, so bounds for loss are not needed.";
    "A-BOUND-002" Caution "no range of possible scores is known"
        "The worst case gives the lost the lowest or the highest possible score. Declare `range` for the outcome to have it computed.";
    "A-BOUND-003" Caution "too few schools for an interval of Lee's bounds"
        "The interval comes from drawing whole schools anew within each group, which needs more of them. The bounds themselves stand.";
    "A-BOUND-004" Caution "persons without a first score cannot be bounded"
        "Nobody measured first was lost, but others on the roster have no first score. Their change is not known; see how many they are in the table of loss.";
    "A-FLOW-001" Caution "some schools lost far more than the others"
        "The share of participants with both measurements is far below that of the other schools. Check absences, and whether the ids of these schools are written alike in both files.";
    "A-IMPUTE-001" Refusal "missing scores are not imputed: too few schools, or schools unknown"
        "Imputation keeps to the differences between schools and pools by degrees of freedom from schools, so it needs known schools, six at least. The estimate of those with both scores stands alone.";
    "A-IMPUTE-002" Refusal "missing scores could not be imputed"
        "The model of imputation has no answer for the reason given, such as scores that do not vary or a group with too few complete persons. The estimate of those with both scores stands alone.";
    "A-IMPUTE-003" Caution "the chains of the imputation do not agree"
        "R-hat is above 1.1, so the draws depend on where the chains started. Do not use the estimate with imputed scores; it happens where many scores are missing beside few complete ones.";
    "A-COHORT-001" Caution "the cohorts differ in their make-up"
        "The persons of the two waves differ by more than a quarter of a standard deviation in a characteristic; a difference of scores may come from that.";
    "A-ERROR-001" Caution "the adjusted difference could not be corrected for measurement error"
        "The reason is given. The difference without the correction stands.";
    "A-PLAUSIBLE-001" Caution "plausible values are not pooled"
        "The primary method has no standard error that respects schools, so nothing can be pooled.";
    "A-PLAUSIBLE-002" Caution "no plausible values could be drawn"
        "The uncertainty of measurement does not show in the primary estimate.";
    "A-PLAUSIBLE-003" Caution "the estimate with plausible values has no answer"
        "The reason is given. The estimate on the scores stands.";
}
