# Effect sizes with schools, from the formulas, on a small data set with schools of unequal size.
# Run in this folder: Rscript effect_scales.R   (writes effect_scales.json: data, results and package versions)
# Sources: Hedges (2007); Becker (1988); Morris (2008); WWC Handbook 5.0, appendix E; Henderson (1953), method III.
# Moments and tests come from R itself (var, lm, t.test, clubSandwich, lme4); only the effect sizes are written out.
suppressMessages({ library(clubSandwich); library(lme4); library(jsonlite) })
set.seed(20261130)
out <- list()

n <- c(4, 9, 6, 12, 5, 8, 7, 3, 10, 6, 11, 5)
J <- length(n); school <- rep(seq_len(J), n); N <- length(school)
t <- as.numeric(school %% 2 == 1)
u <- rnorm(J, 0, 5)[school]
pre <- round(50 + u + rnorm(N, 0, 8), 1)
post <- round(10 + .8 * pre + rnorm(J, 0, 3)[school] + 4 + 5 * t + rnorm(N, 0, 5), 1)
d <- data.frame(school, t, pre, post, change = post - pre)
out$data <- list(school = school, program = t, pre = pre, post = post)

J_of <- function(m) exp(lgamma(m / 2) - lgamma((m - 1) / 2)) / sqrt(m / 2)
cr2 <- function(m, name) {
  v <- coef_test(m, vcovCR(m, cluster = d$school, type = "CR2"), test = "Satterthwaite")
  k <- which(rownames(v) == name); list(b = v$beta[k], se = v$SE[k], df = v$df_Satt[k])
}
sized <- function(test, sd, factor, h, df = test$df) {
  value <- factor * test$b / sd
  se <- sqrt((factor * test$se / sd)^2 + value^2 / (2 * h)); q <- qt(.975, df)
  list(value = value, se = se, low = value - q * se, high = value + q * se, df = df)
}

# ---- intraclass correlation with arms taken out: Henderson's method III by sequential sums of squares -------------
icc_within <- function(y, school, arm) {
  a <- anova(lm(y ~ factor(arm) + factor(school)))
  row <- "factor(school)"; df1 <- a[row, "Df"]; df2 <- a["Residuals", "Df"]
  msb <- a[row, "Mean Sq"]; msw <- a["Residuals", "Mean Sq"]
  X <- model.matrix(~ factor(arm)); Z <- model.matrix(~ 0 + factor(school))
  n0 <- sum(diag(crossprod(Z, Z - X %*% solve(crossprod(X), crossprod(X, Z))))) / df1
  f <- msb / msw; of <- function(f) (f - 1) / (f + n0 - 1)
  list(value = of(f), low = of(f / qf(.975, df1, df2)), high = of(f / qf(.025, df1, df2)), n0 = n0,
       df1 = df1, df2 = df2, ms_between = msb, ms_within = msw)
}
inside <- (seq_len(N) %% 3 == 0) + 0        # arms inside schools
out$icc <- list(nested = icc_within(post, school, t), crossed = icc_within(post + 9 * inside, school, inside), inside = inside)
# balanced data: the REML estimates are those of analysis of variance
balanced <- data.frame(school = rep(1:10, each = 6)); balanced$t <- (balanced$school > 4) + 0
balanced$y <- round(20 + 3 * balanced$t + rnorm(10, 0, 4)[balanced$school] + rnorm(60, 0, 3), 2)
m <- lmer(y ~ t + (1 | school), balanced, control = lmerControl(optCtrl = list(xtol_abs = 1e-14, ftol_abs = 1e-14)))
v <- as.data.frame(VarCorr(m))$vcov
out$balanced <- list(school = balanced$school, program = balanced$t, y = balanced$y, reml = v[1] / sum(v))

# ---- factor and degrees of freedom of an SD pooled over arms: moments of the quadratic form itself -----------------
# E and Var of y'My for y ~ N(X b, rho ZZ' + (1 - rho) I), M = I - X (X'X)^-1 X'
sd_of <- function(school, arm, rho) {
  X <- if (length(unique(arm)) > 1) model.matrix(~ factor(arm)) else matrix(1, length(arm), 1)
  Z <- model.matrix(~ 0 + factor(school)); N <- length(school)
  M <- diag(N) - X %*% solve(crossprod(X), t(X)); V <- rho * tcrossprod(Z) + (1 - rho) * diag(N)
  MV <- M %*% V; mean <- sum(diag(MV)); var <- 2 * sum(MV * t(MV))
  list(factor = sqrt(mean / (N - ncol(X))), df = 2 * mean^2 / var)
}
rho <- list(pre = icc_within(pre, school, t)$value, post = icc_within(post, school, t)$value)
out$sd <- list(pre = sd_of(school, t, rho$pre), post = sd_of(school, t, rho$post), strong = sd_of(school, t, .4),
               crossed = sd_of(school, inside, .3), one = sd_of(school, rep(1, N), .3))
out$rho <- rho

# ---- two arms: d_ppc, g from ANCOVA, Glass, Hedges' scales, the Clearinghouse ---------------------------------------
pooled <- function(y) sqrt((sum((y[t == 1] - mean(y[t == 1]))^2) + sum((y[t == 0] - mean(y[t == 0]))^2)) / (N - 2))
did <- cr2(lm(change ~ t, d), "t"); ancova <- cr2(lm(post ~ t + pre, d), "t")
out$tests <- list(did = did, ancova = ancova)
small <- J_of(N - 2)
out$did_g <- sized(did, pooled(pre), small * out$sd$pre$factor, out$sd$pre$df)
out$ancova_g <- sized(ancova, pooled(post), small * out$sd$post$factor, out$sd$post$df)
out$plain_g <- sized(did, pooled(pre), small, N - 2)
comparison <- t == 0; nc <- n[seq_len(J) %% 2 == 0]; Nc <- sum(nc)
h_of <- function(n, rho, k) {   # the handbook's and Hedges' h with sum n^2 / N for the size of a school
  N <- sum(n); w <- sum(n^2) / N; open <- (N - k) - k * (w - 1) * rho
  list(factor = sqrt(open / (N - k)),
       df = open^2 / ((N - k) * (1 - rho)^2 + w * (N - k * w) * rho^2 + 2 * (N - k * w) * rho * (1 - rho)))
}
c1 <- h_of(nc, max(rho$post, 0), 1)
out$glass <- sized(ancova, sd(post[comparison]), J_of(Nc - 1) * c1$factor, c1$df)
icc <- icc_within(post, school, t)
out$hedges_within <- sized(ancova, sqrt(icc$ms_within), 1, icc$df2)
means <- tapply(post, school, mean); arm <- tapply(t, school, mean)
sb <- sqrt((sum((means[arm == 1] - mean(means[arm == 1]))^2) + sum((means[arm == 0] - mean(means[arm == 0]))^2)) / (J - 2))
nh <- 1 / mean(1 / n); ratio <- (1 + (nh - 1) * rho$post) / (nh * rho$post)
out$hedges_between <- sized(ancova, sb, sqrt(ratio), J - 2)
out$hedges_total <- sized(ancova, pooled(post), out$sd$post$factor, out$sd$post$df)
w <- h_of(n, max(rho$post, 0), 2)
out$wwc_g <- sized(ancova, pooled(post), (1 - 3 / (4 * N - 9)) * w$factor, w$df)
# t corrected as the Clearinghouse does, from the pooled t
tt <- t.test(post[t == 1], post[t == 0], var.equal = TRUE)$statistic
correct <- function(rho) {
  s <- h_of(n, rho, 2); nn <- sum(n^2) / N; f <- s$factor / sqrt(1 + (nn - 1) * rho)
  list(rho = rho, factor = f, t = unname(tt * f), df = s$df, p = unname(2 * pt(-abs(tt * f), s$df)))
}
out$corrected <- list(estimated = correct(max(rho$post, 0)), convention = correct(.2))

# ---- one group: Becker, d_av with clusters, share improved, normalised gain ----------------------------------------
change <- tapply(d$change, school, mean)
mean_change <- list(b = mean(change), se = sd(change) / sqrt(J), df = J - 1)
one_icc <- { a <- anova(lm(pre ~ factor(school))); n0 <- (N - sum(n^2) / N) / (J - 1); f <- a[1, 3] / a[2, 3]; (f - 1) / (f + n0 - 1) }
s1 <- h_of(n, max(one_icc, 0), 1)
out$one <- list(rho = one_icc, sd = s1, test = mean_change,
  becker = sized(mean_change, sd(pre), s1$factor, s1$df),
  d_av = sized(mean_change, sqrt((var(pre) + var(post)) / 2), s1$factor, s1$df))
higher <- (post > pre) + .5 * (post == pre)
m0 <- function(y) { m <- lm(y ~ 1); v <- coef_test(m, vcovCR(m, cluster = school, type = "CR2"), test = "Satterthwaite")
  q <- qt(.975, v$df_Satt); list(value = v$beta, se = v$SE, df = v$df_Satt, low = v$beta - q * v$SE, high = v$beta + q * v$SE) }
out$improved <- m0(higher)
g <- mean(post - pre) / (100 - mean(pre))
out$gain <- m0(g + ((post - pre) - g * (100 - pre)) / (100 - mean(pre)))

# ---- mixed model without covariates: total and within SD under the difference in change -----------------------------
long <- data.frame(y = c(pre, post), wave = rep(0:1, each = N), t = c(t, t), school = factor(c(school, school)),
                   person = factor(c(seq_len(N), seq_len(N))))
long$unit <- interaction(long$school, long$wave)
parts <- function(formula) {
  m <- lmer(formula, long, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5)))
  v <- as.data.frame(VarCorr(m)); pick <- function(g) v$vcov[v$grp == g]
  within <- pick("person") + pick("Residual")
  list(within = within, total = within + pick("school") + pick("unit"))
}
out$mixed <- list(two = parts(y ~ wave * t + (1 | school) + (1 | unit) + (1 | person)),
                  one = parts(y ~ wave + (1 | school) + (1 | unit) + (1 | person)))

# ---- what a study of these students prints: its primary estimate is that of school means -----------------------------
sm <- data.frame(y = as.numeric(change), t = as.numeric(arm), id = seq_len(J))
v <- coef_test(lm(y ~ t, sm), vcovCR(lm(y ~ t, sm), cluster = sm$id, type = "CR2"), test = "Satterthwaite")
primary <- list(b = v$beta[2], se = v$SE[2], df = v$df_Satt[2])
of_mixed <- function(test, m, h) {
  icc <- 1 - m$within / m$total
  list(total = sized(test, sqrt(m$total), 1, h(icc)), within = sized(test, sqrt(m$within), 1, h(icc)))
}
two <- of_mixed(primary, out$mixed$two, function(icc) sd_of(school, t, icc)$df)
one <- of_mixed(mean_change, out$mixed$one, function(icc) h_of(n, icc, 1)$df)
dz <- mean(d$change) / sd(d$change)
out$study <- list(primary = primary, two = list(
    d_ppc = sized(primary, pooled(pre), small * out$sd$pre$factor, out$sd$pre$df), ancova_g = out$ancova_g,
    mixed_total = two$total, mixed_within = two$within,
    hedges_within = sized(primary, sqrt(icc$ms_within), 1, icc$df2),
    hedges_between = sized(primary, sb, sqrt(ratio), J - 2),
    hedges_total = sized(primary, pooled(post), out$sd$post$factor, out$sd$post$df),
    wwc_g = sized(primary, pooled(post), (1 - 3 / (4 * N - 9)) * w$factor, w$df),
    glass_delta = sized(primary, sd(post[comparison]), J_of(Nc - 1) * c1$factor, c1$df)),
  one = list(d_av = out$one$d_av, becker_g = out$one$becker, mixed_total = one$total, mixed_within = one$within,
    d_z = list(value = dz), d_rm = list(value = dz * sqrt(2 * (1 - cor(pre, post))))),
  icc = list(two_pre = icc_within(pre, school, t), two_post = icc_within(post, school, t), one_pre = one_icc))

# ---- schools that change alike: no variance of schools over waves, so that the model is the smaller one -----------------
flat <- pre + 5 + 2 * ((seq_len(N) %% 5) - 2) + .1 * (school %% 3)
long$y <- c(pre, flat)
m <- lmer(y ~ wave + (1 | school) + (1 | person), long,
          control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5)))
v <- as.data.frame(VarCorr(m)); pick <- function(g) v$vcov[v$grp == g]
smaller <- list(within = pick("person") + pick("Residual"), total = pick("person") + pick("Residual") + pick("school"))
c2 <- tapply(flat - pre, school, mean); flat_change <- list(b = mean(c2), se = sd(c2) / sqrt(J), df = J - 1)
out$flat <- list(post = flat, full_unit = { f <- lmer(y ~ wave + (1 | school) + (1 | unit) + (1 | person), long)
    as.data.frame(VarCorr(f))$vcov[as.data.frame(VarCorr(f))$grp == "unit"] },
  sizes = of_mixed(flat_change, smaller, function(icc) h_of(n, icc, 1)$df))

out$versions <- list(R = R.version.string, clubSandwich = as.character(packageVersion("clubSandwich")),
                     lme4 = as.character(packageVersion("lme4")))
write_json(out, "effect_scales.json", digits = 17, auto_unbox = TRUE)
