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
    "A-AGREE-001" Refusal "a method of the agreement table has no answer"
        "The reason stands beside the method. The primary estimate does not depend on it.";
    "A-AGREE-002" Caution "an interval by inversion is open on one side or both"
        "No value on that side is rejected at this level, as happens with few schools. Read the p-value and the intervals of the other methods.";
    "A-AGREE-003" Caution "an interval by resampling is not studentised"
        "The percentile interval is too short with few schools, and no p-value is given. Read the studentised intervals where they exist.";
    "A-MIXED-001" Refusal "a mixed model finds no variance between schools"
        "It would then take students for independent evidence, so its test is not given. Read the estimate on school means.";
    "A-MIXED-002" Refusal "a mixed model could not be fitted"
        "Its variances cannot be told apart in these data, or the search for them did not end. The primary estimate does not depend on it.";
    "A-MODEL-001" Caution "the difference between the groups does not vary over schools"
        "Its variance is estimated at zero, and the standard error of the mixed model takes the difference as the same in all schools. Read the estimate with robust errors beside it.";
    "A-MODEL-002" Caution "a variance of a mixed model is estimated at zero"
        "The standard error and the degrees of freedom of the model do not hold that difference. Read the estimate with robust errors beside it.";
    "A-MODEL-003" Caution "two random effects of a mixed model are estimated as perfectly correlated"
        "The schools are too few to tell the two apart; read the degrees of freedom with care.";
    "A-MODEL-004" Caution "the mixed model was fitted without a covariance of its random effects"
        "The fuller model could not be fitted to these data.";
    "A-SCALE-001" Caution "effect sizes over variances of the mixed model are left out"
        "The model behind these standard deviations has no answer for the reason given. The other effect sizes do not need it.";
    "A-SCHOOL-001" Caution "schools lack one of the two waves that are compared"
        "They are left out, and their students do not count. Look whether a file of answers is missing.";
    "A-SCHOOL-002" Caution "schools hold one of the two groups only"
        "Groups are compared within schools, and these schools have nothing to compare.";
    "A-SCHOOL-003" Caution "schools lack scores of some waves"
        "They are left out of the changes and the trend that need these waves, so that the number of schools differs between rows.";
    "A-WAVE-001" Caution "a change between two waves could not be estimated"
        "The reason is given; the other changes stand.";
    "A-WAVE-002" Caution "the trend over all waves could not be estimated"
        "The reason is given; the changes between pairs of waves stand.";
}
