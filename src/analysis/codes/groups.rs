//! Subgroups, and associations between staff and students or between dose and change.

super::codes! {
    "A-ASSOC-001" Refusal "too few schools for an association"
        "An association between schools is a line through as many points as there are schools; with fewer than six it is not computed.";
    "A-ASSOC-002" Refusal "nothing varies, or all points lie on one line"
        "One of the two quantities is the same everywhere, so there is no slope, or the fit is perfect and leaves no error to judge it by.";
    "A-ASSOC-003" Refusal "a single school decides the slope"
        "All other schools have the same value of the predictor, so the slope is the difference of one school to the rest and has no standard error.";
    "A-ASSOC-004" Refusal "the schools of the participants are unknown"
        "Staff and students meet in schools. Add the school to both rosters.";
    "A-ASSOC-005" Refusal "there is no change to relate"
        "No change is estimated for this outcome, for the reason told there.";
    "A-ASSOC-006" Refusal "too few persons have both"
        "Fewer persons than `analysis.smallest_cell` have both quantities.";
    "A-SUB-001" Refusal "fewer than two groups may be shown"
        "Groups below `analysis.smallest_cell` persons are suppressed, and one group alone is compared with nothing. Merge small groups in the roster.";
    "A-SUB-002" Refusal "too few schools to compare subgroups"
        "A difference between subgroups is tested between schools, and six of them are needed.";
    "A-SUB-003" Refusal "a subgroup comes from too few schools"
        "One of the groups, or its part of an arm, stands in too few schools for its difference to be told from theirs.";
    "A-SUB-004" Caution "the groups are made of the first score"
        "The lowest scores tend to rise and the highest to fall without any cause (regression to the mean). Only the difference between programme and comparison within each third can be read.";
    "A-SUB-005" Refusal "differences between thirds of the first score are not tested"
        "Without a comparison, regression to the mean alone makes the lowest third gain most. Such a difference is no sign that weaker students gained more.";
    "A-SUB-006" Refusal "the interaction could not be computed"
        "The changes do not vary, or a single school decides the difference between the groups.";
    "A-SUB-007" Caution "the change of a subgroup could not be estimated"
        "Its changes do not vary, or it comes from too few schools.";
    "A-CELL-001" Caution "groups smaller than ten persons are shown"
        "`analysis.smallest_cell` is below the customary ten. In groups that small a child can be recognised: keep the report within the team or raise the limit.";
}
