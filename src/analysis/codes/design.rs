//! The design as read from study and roster: units, groups, strata, weights, and the method they call for.

super::codes! {
    "A-ARM-001" Refusal "nobody in one of the groups has a score at both waves"
        "Without a change in every group there is no difference of changes. Look whether the score file of that group is missing, whether its ids differ from those of the roster, or whether the group was met once only.";
    "A-DESIGN-001" Refusal "there is one wave of measurement"
        "A change needs two measurements. Scores are described, nothing is estimated. Add the other wave to `waves`, or read the report as a description.";
    "A-DESIGN-002" Reason "one group was measured before and after"
        "Without a comparison the report speaks of a change between two tests and never of an effect: students also learn and mature without a programme. Only a comparison group can tell the two apart.";
    "A-DESIGN-003" Reason "the groups were formed by lot"
        "With randomised schools or students a difference between the groups can be read as caused by the programme, within the printed uncertainty and as far as few were lost.";
    "A-DESIGN-004" Reason "the groups were not formed by lot"
        "Schools or students chose, or were chosen for, the programme. The difference in change is associated with it; other differences between the groups may have contributed. If groups were drawn by lot, say so in `assignment`.";
    "A-DESIGN-005" Reason "the study has more than two waves"
        "The primary estimate compares two of them: first and last, or those that `analysis.compare` names. The changes between all waves stand beside it.";
    "A-DESIGN-006" Reason "every wave met other students of the same schools"
        "`analysis.persons` declares repeated cross-sections. School means are compared between cohorts; differences in the make-up of the cohorts are part of the result.";
    "A-DESIGN-007" Reason "students of both groups sit in the same schools"
        "The groups are then compared within schools, and the standard error takes in that the difference may vary from school to school.";
    "A-DESIGN-008" Refusal "a declared group has no participants"
        "The study declares a programme and a comparison group, but the roster has persons of one side only. The data are analysed as one group. Check the column of arms in the roster.";
    "A-FEW-001" Refusal "too few schools for a t-based interval"
        "With fewer than six schools the standard error of a mean over schools is itself too uncertain. Only a description and a permutation test are given; an interval needs more schools.";
    "A-FEW-002" Refusal "one of the groups has a single school"
        "Whatever is special about that school cannot be told apart from the programme, so the difference between the groups is not tested. Add schools to the group.";
    "A-FEW-003" Refusal "the data come from a single school"
        "Schools differ, and with one of them nothing says how much. Only a description is given. The result holds for this school and its students alone.";
    "A-METHOD-001" Reason "difference in differences leads, ANCOVA stands beside it"
        "Where groups differed before the programme, the two methods assume different things about what would have happened without it, and two waves cannot test either assumption. Read both; where they disagree, the conclusion depends on the assumption.";
    "A-METHOD-002" Reason "the primary estimate gives every school the same weight"
        "It speaks of the average school. The estimate that speaks of the average student is listed as a sensitivity check.";
    "A-METHOD-003" Reason "the primary estimate gives every student the same weight"
        "It speaks of the average student, so large schools count more than small ones.";
    "A-SIZE-001" Caution "the schools differ much in size"
        "The coefficient of variation of school sizes is above 0.6. The average school and the average student may then differ; compare the primary estimate with the one that weights the other way.";
    "A-STRATA-001" Reason "schools form strata or pairs"
        "The roster names strata or pairs of schools, so the difference is estimated and tested within them, as they were drawn.";
    "A-STRATA-002" Caution "some strata hold schools of one group only"
        "Within such a stratum there is nothing to compare, so it tells nothing about the difference. Merge strata only if the schools were drawn that way.";
    "A-UNIT-001" Reason "schools are the units of inference"
        "Students of one school resemble each other, so uncertainty is computed from the differences between schools and not from the number of students.";
    "A-UNIT-002" Refusal "the pupil-level t-test is refused"
        "It takes every student as independent evidence. With students in schools it finds changes that are not there far more often than its error rate states. The classical appendix shows it with that warning.";
    "A-UNIT-003" Caution "the students' schools are unknown"
        "The roster has no column of schools, so clustering cannot be taken into account: intervals are probably too narrow and p-values too small. Add the school of every student to the roster.";
    "A-WEIGHT-001" Reason "the roster holds weights"
        "The primary estimate does not use them; the weighted estimate is listed as a sensitivity check.";
    "A-DESIGN-009" Reason "several groups are declared, none of them as a comparison"
        "All groups are analysed together as one group before and after. If one of them is the comparison, give it the role `comparison` in `arms`.";
    "A-FEW-004" Refusal "groups drawn within too few schools for a t-based interval"
        "Only a description and a permutation test of students within schools are given; an interval needs at least six schools.";
    "A-FEW-005" Refusal "few schools hold both groups, and nobody drew lots"
        "A t-based interval needs more schools, and without lots no re-assignment stands for chance. Only a description is given.";
    "A-METHOD-004" Reason "the primary estimate weighs schools by their precision"
        "A school of n students counts n / (1 + (n - 1) rho): more than an average school and less than in proportion to its students. What is estimated lies between the average school and the average student.";
    "A-METHOD-005" Reason "the primary estimate weighs schools by what they tell about the difference within them"
        "A school of n students, a share p of them in the programme, counts n p (1 - p). Large schools and schools with balanced groups count more.";
    "A-STRATA-003" Caution "a pair does not hold two schools"
        "Such pairs are treated as strata. Look at the column of pairs in the roster.";
    "A-WEIGHT-002" Caution "the roster has weights that no estimate uses"
        "A weighted estimate is made for persons measured twice in known schools, where there are at least six. Elsewhere the weights have no effect.";
}
