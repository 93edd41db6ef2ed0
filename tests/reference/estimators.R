# Reference values for the estimators of the pipeline: schools in two arms with and without pairs, arms within schools,
# weights, mixed models with strata and with a difference that varies over schools.
# Run in this folder: Rscript estimators.R   (writes estimators.json: data, results and package versions)
suppressMessages({ library(clubSandwich); library(lme4); library(pbkrtest); library(jsonlite) })
set.seed(20261123)
out <- list()

cr2 <- function(fit, cluster, name, ...) {
  ct <- coef_test(fit, vcov = vcovCR(fit, cluster = cluster, type = "CR2", ...), test = "Satterthwaite")
  row <- which(names(coef(fit)) == name)
  list(estimate = unname(coef(fit)[row]), se = ct$SE[row], df = ct$df_Satt[row])
}
tight <- lmerControl(optimizer = "Nelder_Mead_tight", calc.derivs = FALSE)
Nelder_Mead_tight <- function(par, fn, lower, upper, control) {
  found <- nloptr::nloptr(par, fn, lb = lower, ub = upper,
    opts = list(algorithm = "NLOPT_LN_BOBYQA", xtol_rel = 1e-14, ftol_rel = 0, maxeval = 100000))
  list(par = found$solution, fval = found$objective, conv = 0, message = "")
}
reml <- function(formula, data) lmer(formula, data, REML = TRUE, control = tight)
kr <- function(fit, name) {
  L <- as.numeric(names(fixef(fit)) == name)
  V <- vcovAdj(fit)
  list(estimate = sum(L * fixef(fit)), se = sqrt(as.numeric(t(L) %*% V %*% L)), df = Lb_ddf(L, vcov(fit), V))
}

# Generalised least squares at the likeness that REML finds, CR2 with that working covariance as its target.
working <- function(formula, data, name) {
  fit <- reml(update(formula, . ~ . + (1 | school)), data)
  v <- as.data.frame(VarCorr(fit))$vcov
  rho <- v[1] / sum(v)
  fixed <- nlme::gls(formula, data, correlation = nlme::corCompSymm(rho, form = ~ 1 | school, fixed = TRUE))
  c(cr2(fixed, data$school, name), rho = rho)
}

# Rows times the root of their weights, then least squares with CR2: the CR2 of dampak. Under the same working model
# (variances inverse to the weights) clubSandwich takes another root of the adjustment; both are unbiased there.
by_root <- function(formula, data, name) {
  root <- sqrt(data$weight)
  Z <- root * model.matrix(formula, data)
  cr2(lm(I(root * data$change) ~ 0 + Z), data$school, paste0("Z", name))
}

# ---- twelve schools in six pairs, one of each pair with the programme -----------------------------------------------
size <- c(7, 12, 9, 15, 6, 10, 18, 8, 11, 13, 5, 14)
school <- rep(seq_along(size), size)
n <- length(school)
pair <- (school + 1) %/% 2
arm <- school %% 2
u <- rnorm(12, 0, 4) + rep(rnorm(6, 0, 4), each = 2)
ability <- rnorm(n, 0, 8)
before <- round(50 + u[school] + ability + rnorm(n, 0, 5), 1)
after <- round(54 + u[school] + rnorm(12, 0, 3)[school] + 3 * arm + 0.9 * ability + rnorm(n, 0, 6), 1)
weight <- c(1, 2, 3, 4, 1.5)[1 + (seq_len(n) %% 5)]
d <- data.frame(school, pair, arm, before, after, weight)
d$change <- d$after - d$before
d$school_mean <- ave(d$before, d$school)
d$f <- factor(d$pair)
out$schools <- as.list(d[c("school", "pair", "arm", "before", "after", "weight")])
means <- aggregate(cbind(before, after, arm, pair) ~ school, d, mean)
means$f <- factor(means$pair)
out$plain <- list(
  ancova_working = working(after ~ arm + before, d, "arm"),
  ancova_cr2 = cr2(lm(after ~ arm + before, d), d$school, "arm"),
  ancova_contextual = cr2(lm(after ~ arm + before + school_mean, d), d$school, "arm"),
  ancova_school_means = cr2(lm(after ~ arm + before, means), means$school, "arm"),
  did_student_cr2 = cr2(lm(change ~ arm, d), d$school, "arm"),
  weighted_cr2 = by_root(~ arm, d, "arm"),
  weighted_target = cr2(lm(change ~ arm, d, weights = weight), d$school, "arm", target = 1 / d$weight),
  weighted_default = cr2(lm(change ~ arm, d, weights = weight), d$school, "arm"),
  mixed = kr(reml(after ~ arm + before + (1 | school), d), "arm"))
out$pairs <- list(
  ancova_working = working(after ~ arm + before + f, d, "arm"),
  ancova_cr2 = cr2(lm(after ~ arm + before + f, d), d$school, "arm"),
  did_student_cr2 = cr2(lm(change ~ arm + f, d), d$school, "arm"),
  did_cluster_cr2 = cr2(lm(after - before ~ arm + f, means), means$school, "arm"),
  weighted_cr2 = by_root(~ arm + f, d, "arm"),
  mixed = kr(reml(after ~ arm + before + f + (1 | school), d), "arm"))

# Both waves as rows: school, school and wave, student; pairs with a level and a change of their own.
long <- rbind(data.frame(d, wave = 0, y = d$before), data.frame(d, wave = 1, y = d$after))
long$person <- rep(seq_len(n), 2)
long$unit <- interaction(long$school, long$wave)
long$both <- long$arm * long$wave
waves <- reml(y ~ wave * f + arm + both + (1 | school) + (1 | unit) + (1 | person), long)
out$pairs$mixed_change <- kr(waves, "both")

# ---- ten schools with both arms -------------------------------------------------------------------------------------
set.seed(3)
size <- c(14, 20, 11, 16, 25, 12, 18, 22, 13, 17)
school <- rep(seq_along(size), size)
n <- length(school)
arm <- unlist(lapply(size, function(k) sample(rep(c(1, 0), length.out = k))))
u <- rnorm(10, 0, 4)
v <- rnorm(10, 0, 5)
ability <- rnorm(n, 0, 8)
before <- round(50 + u[school] + ability + rnorm(n, 0, 4), 1)
after <- round(53 + u[school] + (4 + v[school]) * arm + 0.9 * ability + rnorm(n, 0, 4), 1)
weight <- c(1, 2, 3, 4, 1.5)[1 + (seq_len(n) %% 5)]
s <- data.frame(school, arm, before, after, weight)
s$change <- s$after - s$before
s$f <- factor(s$school)
out$split <- as.list(s[c("school", "arm", "before", "after", "weight")])
slopes <- reml(after ~ arm + before + (1 + arm | school), s)
changes <- reml(change ~ arm + (1 + arm | school), s)
out$within <- list(
  ancova_within = cr2(lm(after ~ arm + before + f, s), s$school, "arm"),
  did_student_cr2 = cr2(lm(change ~ arm + f, s), s$school, "arm"),
  weighted_cr2 = by_root(~ arm + f, s, "arm"),
  multisite = kr(slopes, "arm"),
  mixed_change = kr(changes, "arm"))
stopifnot(!isSingular(slopes), !isSingular(changes), !isSingular(waves))

out$versions <- c(list(R = R.version.string),
  sapply(c("clubSandwich", "lme4", "pbkrtest"), function(p) as.character(packageVersion(p)), simplify = FALSE))
write_json(out, "estimators.json", auto_unbox = TRUE, digits = NA, pretty = FALSE)
