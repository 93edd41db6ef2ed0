# Reference values for the kernels `num`, `impact` and `psych`.
# Run in this folder: Rscript kernels.R   (writes kernels.json: data, results and package versions)
# All data are simulated here with a fixed seed and stored beside the results, so that the tests need no R.
suppressMessages({ library(clubSandwich); library(psych); library(metafor); library(jsonlite) })
set.seed(20261123)
out <- list()

# ---- students in schools of unequal size, two arms, a pretest ------------------------------------------
sizes <- c(3, 18, 7, 25, 11, 2, 30, 9, 14, 6, 21, 5, 12)
school <- rep(seq_along(sizes), sizes)
n <- length(school)
arm <- as.integer(school %in% c(2, 4, 5, 8, 10, 13))
pre <- round(50 + rnorm(13, 0, 5)[school] + rnorm(n, 0, 10), 1)
ses <- round(rnorm(n), 2)
post <- round(20 + 0.7 * pre + 4 * arm + 1.5 * ses + rnorm(13, 0, 4)[school] + rnorm(n, 0, 7), 1)
change <- post - pre
out$students <- list(school = school, arm = arm, pre = pre, post = post, ses = ses)

coefficients_of <- function(fit, cluster, type) {
  V <- vcovCR(fit, cluster = cluster, type = type)
  ct <- coef_test(fit, vcov = V, test = "Satterthwaite")
  ci <- conf_int(fit, vcov = V, level = .95, test = "Satterthwaite")
  list(estimate = as.numeric(coef(fit)), se = ct$SE, df = ct$df_Satt, p = ct$p_Satt, low = ci$CI_L, high = ci$CI_U)
}
types <- c("CR0", "CR1", "CR1S", "CR2", "CR3")
all_types <- function(fit) setNames(lapply(types, function(t) coefficients_of(fit, school, t)), types)
out$intercept_only <- all_types(lm(change ~ 1))
out$did_students <- all_types(lm(change ~ arm))
ancova <- lm(post ~ arm + pre + ses)
out$ancova <- all_types(ancova)

# adjusted means at the average of pre and ses
L <- rbind(program = c(1, 1, mean(pre), mean(ses)), comparison = c(1, 0, mean(pre), mean(ses)))
lc <- linear_contrast(ancova, vcov = "CR2", cluster = school, contrasts = L)
out$adjusted_means <- list(estimate = lc$Est, se = lc$SE, df = lc$df, low = lc$CI_L, high = lc$CI_U)

# HC2: every student a cluster of one
out$singletons <- coefficients_of(ancova, seq_len(n), "CR2")

# ---- school means ---------------------------------------------------------------------------------------
means <- tapply(change, school, mean)
arm_of <- tapply(arm, school, mean)
t_fields <- function(t) list(estimate = unname(if (length(t$estimate) == 2) -diff(t$estimate) else t$estimate),
  se = t$stderr, df = unname(t$parameter), t = unname(t$statistic), p = t$p.value, low = t$conf.int[1], high = t$conf.int[2])
out$school_mean_t <- t_fields(t.test(means))
out$did_welch <- t_fields(t.test(means[arm_of == 1], means[arm_of == 0]))
out$did_pooled <- t_fields(t.test(means[arm_of == 1], means[arm_of == 0], var.equal = TRUE))
mean_fit <- lm(means ~ arm_of)
out$did_means_cr2 <- coefficients_of(mean_fit, seq_along(means), "CR2")
out$paired_t <- t_fields(t.test(post, pre, paired = TRUE))
assignments <- combn(13, 6)
statistic <- function(i) mean(means[i]) - mean(means[-i])
observed <- statistic(which(arm_of == 1))
draws <- apply(assignments, 2, statistic)
out$permutation <- list(statistic = observed, extreme = sum(abs(draws) >= abs(observed) - 1e-9), total = ncol(assignments))
signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), 13)))
out$sign_flip <- list(extreme = sum(abs(signs %*% means) >= abs(sum(means)) - 1e-9), total = nrow(signs))

# ---- ICC by one-way ANOVA -------------------------------------------------------------------------------
icc_of <- function(y) {
  a <- anova(lm(y ~ factor(school)))
  n0 <- (n - sum(sizes^2) / n) / (13 - 1)
  F <- a[1, 3] / a[2, 3]
  lim <- function(q) { f <- F / qf(q, a[1, 1], a[2, 1]); (f - 1) / (f + n0 - 1) }
  list(value = (F - 1) / (F + n0 - 1), n0 = n0, low = lim(.975), high = lim(.025))
}
out$icc <- list(pre = icc_of(pre), post = icc_of(post))

# ---- effect sizes ---------------------------------------------------------------------------------------
smcr <- escalc("SMCR", m1i = mean(post), m2i = mean(pre), sd1i = sd(pre), ri = cor(pre, post), ni = n)
s_av2 <- (var(pre) + var(post)) / 2
d_av <- (mean(post) - mean(pre)) / sqrt(s_av2)
r <- cor(pre, post)
v_av <- var(change) / (s_av2 * (n - 1)) +
  d_av^2 * (var(pre)^2 + var(post)^2 + 2 * r^2 * var(pre) * var(post)) / (8 * s_av2^2 * (n - 1))
d_z <- mean(change) / sd(change)
limit <- function(p) uniroot(function(ncp) pt(d_z * sqrt(n), n - 1, ncp) - p, c(-5, 36), tol = 1e-12)$root / sqrt(n)
out$effects <- list(
  smcr = list(value = as.numeric(smcr$yi), variance = as.numeric(smcr$vi)),
  d_av = list(value = d_av, variance = v_av),
  d_z = list(value = d_z, low = limit(.975), high = limit(.025)),
  noncentral_t = list(t = c(2, 1, 3.2, 30, -1.5), df = c(5, 1, 12.5, 781, 7), ncp = c(1, .5, 2.1, 30, .3),
    p = pt(c(2, 1, 3.2, 30, -1.5), c(5, 1, 12.5, 781, 7), c(1, .5, 2.1, 30, .3))))

# ---- counts and adjusted p ------------------------------------------------------------------------------
pairs <- rbind(c(105, 26), c(24, 12), c(34, 33), c(7, 0), c(1, 0), c(431, 33))
out$mcnemar <- list(improved = pairs[, 1], declined = pairs[, 2],
  chi2 = (pairs[, 1] - pairs[, 2])^2 / rowSums(pairs),
  p_chi2 = pchisq((pairs[, 1] - pairs[, 2])^2 / rowSums(pairs), 1, lower.tail = FALSE),
  p_exact = apply(pairs, 1, function(x) binom.test(x[1], sum(x))$p.value))
p <- c(.0011, .21, .013, .049, .013, .8, .0007, .032)
out$adjust <- list(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
out$wilson <- list(x = c(0, 3, 15, 20), n = c(20, 20, 20, 20),
  low = sapply(c(0, 3, 15, 20), function(x) suppressWarnings(prop.test(x, 20, correct = FALSE)$conf.int[1])),
  high = sapply(c(0, 3, 15, 20), function(x) suppressWarnings(prop.test(x, 20, correct = FALSE)$conf.int[2])))
improved <- as.numeric(change > 0)
out$share_cr2 <- coefficients_of(lm(improved ~ 1), school, "CR2")

# ---- distributions, far out as well ---------------------------------------------------------------------
t_at <- c(.1, 2, 8, 53.6, 300); df_at <- c(.8, 3.7, 12, 781, 1e5)
grid <- expand.grid(t = t_at, df = df_at)
out$t_tails <- list(t = grid$t, df = grid$df, ln_p = log(2) + pt(grid$t, grid$df, lower.tail = FALSE, log.p = TRUE))
quant <- expand.grid(p = c(1e-9, .01, .3, .6, .975), df = c(.8, 3.7, 12, 781, 1e7))
out$t_quantiles <- list(p = quant$p, df = quant$df, t = qt(quant$p, quant$df))
fg <- expand.grid(f = c(.01, .9, 4, 200), d1 = c(1, 6.5, 300), d2 = c(2.2, 40, 5e4))
out$f_tails <- list(f = fg$f, d1 = fg$d1, d2 = fg$d2, ln_p = pf(fg$f, fg$d1, fg$d2, lower.tail = FALSE, log.p = TRUE))
cg <- expand.grid(x = c(.001, 1, 30, 900), df = c(.7, 1, 12, 500))
out$chi2_tails <- list(x = cg$x, df = cg$df, ln_p = pchisq(cg$x, cg$df, lower.tail = FALSE, log.p = TRUE))
z <- c(-8, -1, 0, 2.5, 20, 37)
out$normal <- list(z = z, ln_sf = pnorm(z, lower.tail = FALSE, log.p = TRUE), p = c(1e-300, 1e-12, .2, .5, .99),
  q = qnorm(c(1e-300, 1e-12, .2, .5, .99)))

# ---- items: 60 persons, 9 items (seven 0/1, two 0..3), complete and with missing points -------------------
theta <- rnorm(60)
easiness <- c(2, 1, .5, 0, -.5, -1, .3)
binary <- sapply(easiness, function(b) as.integer(runif(60) < plogis(1.2 * theta + b)))
graded <- sapply(c(.4, -.6), function(b) rbinom(60, 3, plogis(theta + b)))
items <- cbind(binary, graded)
colnames(items) <- paste0("i", 1:9)
holed <- items
holed[cbind(sample(60, 45, replace = TRUE), sample(9, 45, replace = TRUE))] <- NA
alpha_of <- function(x) {
  a <- suppressWarnings(psych::alpha(as.data.frame(x), warnings = FALSE))
  ci <- psych::alpha.ci(a$total$raw_alpha, nrow(x), ncol(x))
  list(alpha = a$total$raw_alpha, low = ci$lower.ci, high = ci$upper.ci, mean = a$item.stats$mean, sd = a$item.stats$sd,
    n = a$item.stats$n, item_rest = a$item.stats$r.drop, if_dropped = a$alpha.drop$raw_alpha)
}
rows <- function(x) lapply(seq_len(nrow(x)), function(i) unname(x[i, ]))
out$items <- list(max_points = c(rep(1, 7), 3, 3), complete = rows(items), holed = rows(holed),
  complete_result = alpha_of(items), holed_result = alpha_of(holed))

versions <- list(R = paste(R.version$major, R.version$minor, sep = "."))
for (package in c("clubSandwich", "psych", "metafor", "jsonlite")) versions[[package]] <- as.character(packageVersion(package))
out <- c(list(generated_by = "tests/reference/kernels.R", versions = versions), out)
writeLines(toJSON(out, digits = I(17), auto_unbox = TRUE, na = "null"), "kernels.json")
