# Binary ratings by several raters as a mixed logistic regression: fixed effects of items and raters, a random
# intercept of persons. Run in this folder: Rscript facets.R
library(lme4)
set.seed(20261123)
persons <- 150; items <- 4; raters <- 5
difficulty <- c(-1, -0.3, 0.2, 0.9); severity <- c(-0.8, -0.2, 0, 0.3, 0.7)
theta <- rnorm(persons, 0, 1.2)
d <- do.call(rbind, lapply(seq_len(persons), function(p) {
  who <- if (p %% 3 == 0) sample(raters, 2) else sample(raters, 1)
  expand.grid(person = p, item = seq_len(items), rater = who)
}))
d$points <- rbinom(nrow(d), 1, plogis(theta[d$person] - difficulty[d$item] - severity[d$rater]))
d$i <- factor(d$item); d$r <- factor(d$rater)
contrasts(d$r) <- contr.sum(raters)
control <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
m <- glmer(points ~ 0 + i + r + (1 | person), d, binomial, nAGQ = 100, control = control)
m0 <- glmer(points ~ 0 + i + (1 | person), d, binomial, nAGQ = 100, control = control)
b <- -fixef(m); se <- sqrt(diag(as.matrix(vcov(m, use.hessian = TRUE))))
num <- function(x) paste0("[", paste(format(unname(x), digits = 15, scientific = FALSE, trim = TRUE), collapse = ", "), "]")
cat(file = "facets.json", sprintf('{
  "generated_by": "tests/reference/facets.R",
  "versions": { "R": "%s", "lme4": "%s" },
  "note": "glmer by adaptive Gauss-Hermite quadrature, 100 nodes; severities sum to zero; se from its numerical Hessian",
  "person": %s,
  "item": %s,
  "rater": %s,
  "points": %s,
  "difficulty": %s,
  "difficulty_se": %s,
  "severity_first_four": %s,
  "severity_se_first_four": %s,
  "variance": %s,
  "log_likelihood_difference": %.12f
}
', paste(R.version$major, R.version$minor, sep = "."), packageVersion("lme4"), num(d$person - 1), num(d$item - 1),
  num(d$rater - 1), num(d$points), num(b[1:items]), num(se[1:items]), num(b[-(1:items)]), num(se[-(1:items)]),
  num(as.numeric(VarCorr(m)$person)), as.numeric(logLik(m)) - as.numeric(logLik(m0))))
