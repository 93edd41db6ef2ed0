# Interactions of groups with the change (clubSandwich CR2: coef_test, Wald_test HTZ) and associations over
# schools (CR2 with every school its own cluster, cor.test). Run in this folder: Rscript relations.R
suppressMessages(library(clubSandwich)); library(jsonlite)
set.seed(20260712)
J <- 14; size <- c(6, 9, 5, 8, 7, 6, 4, 10, 7, 5, 8, 6, 9, 5)
d <- data.frame(school = rep(seq_len(J), size)); n <- nrow(d)
d$sex <- rbinom(n, 1, 0.5); d$grade <- sample(0:2, n, TRUE)
d$district <- c(0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2)[d$school]
d$arm <- as.integer(d$school %in% c(1, 3, 5, 6, 8, 10, 12)); u <- rnorm(J, 0, 2)
d$change <- round(4 + u[d$school] + 1.5 * d$sex - 0.8 * d$grade + d$arm * (1 + d$sex) + rnorm(n, 0, 6), 2)
d$hours <- round(60 + 3 * d$school + rnorm(n, 0, 12))
single <- function(formula, name, data = d, cluster = d$school) {
  fit <- lm(formula, data = data)
  row <- coef_test(fit, vcov = "CR2", cluster = cluster, test = "Satterthwaite")[name, ]
  list(estimate = row$beta, se = row$SE, df = row[[grep("^df", names(row))[1]]],
       p = row[[grep("^p_", names(row))[1]]])
}
joint <- function(formula, pattern, data = d, cluster = d$school) {
  fit <- lm(formula, data = data)
  w <- Wald_test(fit, constrain_zero(pattern, reg_ex = TRUE), vcov = "CR2", cluster = cluster, test = "HTZ")
  list(f = w$Fstat, df1 = w$df_num, df2 = w$df_denom, p = w$p_val)
}
d$gradef <- factor(d$grade); d$districtf <- factor(d$district)
s <- aggregate(cbind(change, hours, arm, district) ~ school, data = d, FUN = mean)
s$districtf <- factor(s$district); s$two <- as.integer(s$district == 0)
association <- function(x, y, cluster) {
  r <- single(y ~ x, "x", data.frame(x = x, y = y), cluster); ct <- cor.test(x, y)
  loo <- sapply(seq_along(x), function(i) coef(lm(y[-i] ~ x[-i]))[2])
  c(r, list(intercept = unname(coef(lm(y ~ x))[1]), pearson = unname(ct$estimate),
    pearson_ci = as.numeric(ct$conf.int), spearman = cor(x, y, method = "spearman"),
    leave_one_out = range(loo)))
}
# The same question with the last score given the first: strata of schools, and arms within schools. Working
# covariance: random intercept by REML (nlme), then generalised least squares at that correlation, CR2 with it as target.
suppressMessages(library(nlme))
d$before <- 40 + (seq_len(n) - 1) %% 17; d$after <- d$before + d$change
d$block <- c(0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2)[d$school]; d$blockf <- factor(d$block)
d$inside <- (seq_len(n) - 1) %% 2; d$schoolf <- factor(d$school)
working <- function(formula) {
  v <- as.numeric(VarCorr(lme(formula, random = ~ 1 | school, data = d, method = "REML",
                              control = lmeControl(tolerance = 1e-12, msTol = 1e-12)))[, "Variance"])
  # The call has to hold the formula itself, for clubSandwich reads it again.
  do.call(gls, list(formula, data = quote(d), correlation = corCompSymm(v[1] / sum(v), form = ~ 1 | school, fixed = TRUE)))
}
turned <- function(formula, name) {
  row <- coef_test(working(formula), vcov = "CR2", cluster = d$school, test = "Satterthwaite")[name, ]
  list(estimate = row$beta, se = row$SE, df = row[[grep("^df", names(row))[1]]], p = row[[grep("^p_", names(row))[1]]])
}
turned_joint <- function(formula, pattern) {
  w <- Wald_test(working(formula), constrain_zero(pattern, reg_ex = TRUE), vcov = "CR2", cluster = d$school, test = "HTZ")
  list(f = w$Fstat, df1 = w$df_num, df2 = w$df_denom, p = w$p_val)
}
adjusted <- list(
  plain = list(sex = single(after ~ sex * arm + before + blockf, "sex:arm"),
               grade = joint(after ~ gradef * arm + before + blockf, "^gradef.*:arm")),
  working = list(sex = turned(after ~ sex * arm + before + blockf, "sex:arm"),
                 grade = turned_joint(after ~ gradef * arm + before + blockf, "^gradef.*:arm")),
  within = list(sex = single(after ~ schoolf + sex * inside + before, "sex:inside"),
                district = joint(after ~ schoolf + inside + inside:districtf + before, "^inside:districtf[12]")))
out <- list(
  generated_by = "tests/reference/relations.R",
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  clubSandwich = as.character(packageVersion("clubSandwich")),
                  nlme = as.character(packageVersion("nlme"))),
  data = as.list(d[c("school", "sex", "grade", "district", "arm", "change", "hours", "before", "block", "inside")]),
  one_group = list(sex = single(change ~ sex, "sex"), grade = joint(change ~ gradef, "^gradef")),
  two_arms = list(sex = single(change ~ sex * arm, "sex:arm"), grade = joint(change ~ gradef * arm, "^gradef.*:arm")),
  schools = list(two = single(change ~ two, "two", s, s$school), district = joint(change ~ districtf, "^districtf", s, s$school),
                 two_arms = single(change ~ two * arm, "two:arm", s, s$school)),
  adjusted = adjusted,
  association = list(schools = association(s$hours, s$change, s$school),
                     persons = single(change ~ hours, "hours")))
write(toJSON(out, digits = 14, auto_unbox = TRUE, pretty = FALSE), "relations.json")
