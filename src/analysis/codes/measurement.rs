//! Measures by item response theory, the link between waves, and differential item functioning.

super::codes! {
    "A-DIF-001" Refusal "too few persons to test differential item functioning"
        "Each item needs at least 100 persons in either group. With fewer the test finds little and its classes are noise.";
    "A-DIF-002" Caution "the classes of differential item functioning are unstable"
        "The groups are large enough to test but too small for firm classes. Read the wording of a class-C item again rather than dropping it at once.";
    "A-DIF-003" Caution "the same students took both waves"
        "The test between waves treats them as separate groups, so its p-values are a pointer and no proof.";
    "A-IRT-001" Refusal "the scale is not measured by item response theory"
        "The notice says why: too few persons or items, several raters, parts without common items, or an estimation that did not converge. The score is the percentage of points, and booklets are taken to be equally hard.";
    "A-IRT-002" Reason "the Rasch model is used in place of the one asked for"
        "Free slopes need more persons per item than there are. The Rasch model needs fewer and keeps the meaning of the sum score.";
    "A-IRT-003" Caution "a category was chosen by fewer than ten persons"
        "The steps next to it are imprecise. Merge it with its neighbour in the instrument if their meaning allows.";
    "A-IRT-004" Caution "the plausible values are drawn without the schools"
        "Schools could not be part of the conditioning model (they are unknown, or too many for the persons). Differences between schools come out too small in the plausible values.";
    "A-IRT-005" Caution "all answers to an item are the same"
        "An item that everybody solves or nobody solves tells persons apart in nothing and takes no part in the measurement.";
    "A-IRT-006" Caution "some booklets share no items"
        "They are comparable only if booklets were handed out at random, so that the groups are alike. Give booklets common items.";
    "A-IRT-007" Caution "the item parameters have no standard errors"
        "The information matrix is not positive definite: some parameter is hardly determined by the answers. Look for items with very few answers in a category.";
    "A-IRT-008" Caution "the variance of ability is estimated as zero"
        "The answers tell persons apart no better than chance. Check the key, and whether the items measure one thing.";
    "A-IRT-009" Caution "an item has a negative slope"
        "Abler persons get it wrong more often. The key is probably wrong, or the direction of a statement is reversed.";
    "A-LINK-001" Refusal "nothing links the waves of a measure"
        "The waves have no common items, so their scores are on two scales and no change is estimated. Keep common items in both tests.";
    "A-LINK-002" Caution "few items link the waves"
        "Fewer than eight items, and fewer than a fifth of all, are common. The link error is large; add common items next time.";
    "A-LINK-003" Caution "a common item drifted between the waves"
        "Its difficulty changed against the other items. It may have leaked or been changed, but its content may also have been taught by the programme. The change is given with and without it.";
    "A-LINK-004" Caution "more items drifted than may be set aside"
        "Dropping stops at a share of the common items, because beyond it the rest no longer stands for the test. The link is weak; say so in the report.";
    "A-LINK-005" Caution "the difficulties of the common items are not stable"
        "They correlate below 0.95 between the waves, so their order is not fully kept. Look at the items farthest from the line.";
}
