# Reference values for the test of equivalence (two one-sided tests) of the primary methods.
# Run in this folder: Rscript equivalence.R   (writes equivalence.json: data, results and package versions)
# Every p comes from R's own one-sided t.test with the margin as null value, not from a formula written here.
suppressMessages(library(jsonlite))

# The school changes of the worked example: 13 schools, t on 12 degrees of freedom.
changes <- c(2, -1, 3, 4, .5, 6, 1, 2.5, 3, -.5, 1.5, 2, 4)
one <- function(x, margin, alpha) {
  lower <- t.test(x, mu = -margin, alternative = "greater")$p.value
  upper <- t.test(x, mu = margin, alternative = "less")$p.value
  both <- t.test(x, conf.level = 1 - 2 * alpha)
  list(margin = margin, alpha = alpha, estimate = mean(x), se = both$stderr, df = unname(both$parameter),
       p_lower = lower, p_upper = upper, p = max(lower, upper), ci = as.numeric(both$conf.int))
}
# Two arms with unequal variances: Welch.
programme <- c(1.2, 0.4, 2.1, -0.3, 1.0, 0.7, 1.9)
comparison <- c(0.9, 0.2, 1.1, 0.6, 0.8, 0.4)
two <- function(x, y, margin, alpha) {
  lower <- t.test(x, y, mu = -margin, alternative = "greater")$p.value
  upper <- t.test(x, y, mu = margin, alternative = "less")$p.value
  both <- t.test(x, y, conf.level = 1 - 2 * alpha)
  list(margin = margin, alpha = alpha, estimate = mean(x) - mean(y), se = both$stderr, df = unname(both$parameter),
       p_lower = lower, p_upper = upper, p = max(lower, upper), ci = as.numeric(both$conf.int))
}
out <- list(
  versions = list(R = R.version.string, jsonlite = as.character(packageVersion("jsonlite"))),
  school_changes = changes,
  one_group = list(one(changes, 1, .05), one(changes, 2.5, .05), one(changes, 3.2, .05), one(changes, 4, .01)),
  programme = programme, comparison = comparison,
  two_arms = list(two(programme, comparison, .5, .05), two(programme, comparison, 1.5, .05),
                  two(programme, comparison, 2, .025))
)
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "equivalence.json")
