//! Estimates of one outcome and what follows from them: link of persons, variance, translation, planning.

super::codes! {
    "A-BASE-001" Caution "the groups differed too much before the programme"
        "They were more than 0.25 standard deviations apart in the outcome itself. Beyond that the What Works Clearinghouse does not trust statistical adjustment. Read the result as weak evidence, whatever its p-value.";
    "A-BOOKLET-001" Caution "students worked on different booklets at the two waves"
        "Percent scores take the booklets to be equally hard. Alternating them within every school balances the difference at school level; a scale by item response theory (`\"method\": \"irt\"`) removes it.";
    "A-DF-001" Caution "fewer than four degrees of freedom"
        "Below four degrees of freedom Satterthwaite's approximation is not reliable, so neither interval nor p-value is. It happens with few schools, or where a few of them carry most of the information.";
    "A-ESTIMATE-001" Caution "an estimate could not be computed"
        "The notice names the method and the reason, such as scores that do not vary, one school that alone decides the estimate, or too few units in a group. The other methods are not affected.";
    "A-ICC-001" Caution "the variance between schools is zero or below"
        "Schools differ no more than students drawn at random would. The intraclass correlation is printed as it came out; with few schools a small true value often does so.";
    "A-INTEREST-001" Caution "no smallest effect of interest is declared"
        "Without it equivalence is not tested, and a result whose interval includes zero can only be read as undecided. Declare `analysis.smallest_effect_of_interest` before looking at the data.";
    "A-MATCH-001" Refusal "no participant has a score at both waves"
        "Changes need the same persons twice. Check that ids are written alike in both files; if every wave met other students by design, declare `\"persons\": \"cross_sections\"` in `analysis`.";
    "A-MATCH-002" Refusal "the waves have no item in common"
        "Percent scores of two tests without a common item are on two scales, so their difference means nothing. Keep common items in both tests, and measure the scale by item response theory.";
    "A-MONTHS-001" Caution "months of progress are not computed"
        "They translate a difference between a programme and a comparison group; the change of one group includes ordinary growth. Delete `report.months_of_progress` where there is no comparison.";
    "A-PLANNING-001" Caution "the next study cannot be planned from this one"
        "The number of schools needs the variance between schools as this study found it, and that could not be had. Use `dampak power` with assumptions of your own.";
    "A-QUALITY-001" Caution "many answers to a questionnaire look careless"
        "More than 12 percent of the persons are flagged, where studies usually find about 10. Find out how the questionnaire was filled in before its results are interpreted; the estimate without flagged persons stands beside the primary one.";
    "A-SMALL-001" Refusal "too few participants have both scores"
        "Fewer persons than `analysis.smallest_cell` have a score at both waves, so no change is estimated: it would be imprecise, and single persons could be recognised.";
}
