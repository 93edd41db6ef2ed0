# Loss and its bounds on a made-up comparison of 14 schools, by closed forms and clubSandwich.
# Rscript tests/reference/loss.R > tests/reference/loss.json
suppressPackageStartupMessages({library(clubSandwich); library(jsonlite)})
set.seed(20261123)
sizes <- c(18, 22, 25, 20, 16, 24, 21, 19, 23, 17, 26, 20, 18, 22)
school <- rep(seq_along(sizes), sizes)
program <- as.integer(school <= 7)
u <- rnorm(14, 0, 5)
pre <- round(pmin(95, pmax(5, 48 + u[school] + rnorm(length(school), 0, 13))), 2)
post <- round(pmin(99, pmax(1, pre + 3 + 4 * program + rnorm(14, 0, 2)[school] + rnorm(length(school), 0, 9))), 2)
gone <- rbinom(length(school), 1, plogis(-1.4 - 0.03 * (pre - 48) - 0.7 * program)) == 1
post[gone] <- NA
low <- 0; high <- 100; alpha <- 0.05
stayed <- !is.na(post); change <- post - pre

# Trimmed means with the outcome at the cut counted in part.
kept <- function(x, share, top) {
  x <- sort(x, decreasing = !top); keep <- (1 - share) * length(x)
  w <- pmin(1, pmax(0, keep - (seq_along(x) - 1))); sum(w * x) / sum(w)
}
r <- tapply(stayed, program, mean); q <- abs(diff(r)) / max(r)
m <- tapply(change, program, mean, na.rm = TRUE)
one <- change[stayed & program == 1]; other <- change[stayed & program == 0]
lee <- if (r["1"] > r["0"]) c(kept(one, q, TRUE) - mean(other), kept(one, q, FALSE) - mean(other)) else
  c(mean(one) - kept(other, q, FALSE), mean(one) - kept(other, q, TRUE))

# The difference of school mean changes with CR2 and Satterthwaite degrees of freedom.
did <- function(change) {
  ok <- !is.na(change)
  mean_of <- tapply(change[ok], school[ok], mean)
  d <- data.frame(id = as.integer(names(mean_of)), y = as.numeric(mean_of)); d$t <- as.integer(d$id <= 7)
  fit <- lm(y ~ t, d); ct <- coef_test(fit, vcovCR(fit, d$id, "CR2"), test = "Satterthwaite")["t", ]
  half <- qt(1 - alpha / 2, ct$df_Satt) * ct$SE
  list(estimate = ct$beta, se = ct$SE, df = ct$df_Satt, ci = c(ct$beta - half, ct$beta + half))
}
fill <- function(of_program, of_comparison) {
  end <- ifelse(program == 1, of_program, of_comparison)
  did(ifelse(stayed, post, end) - pre)
}
primary <- did(change)
weight <- mean(tapply(!stayed, school, mean)[1:7])
margin <- abs(primary$estimate) - qt(1 - alpha / 2, primary$df) * primary$se

# Stayed against lost at the first wave, per arm: g with CR2 over schools.
lost_row <- function(arm) {
  d <- data.frame(y = pre, t = as.integer(stayed), s = school)[program == arm, ]
  fit <- lm(y ~ t, d); ct <- coef_test(fit, vcovCR(fit, d$s, "CR2"), test = "Satterthwaite")["t", ]
  n1 <- sum(d$t); n0 <- sum(1 - d$t); N <- n1 + n0
  sp <- sqrt(((n1 - 1) * var(d$y[d$t == 1]) + (n0 - 1) * var(d$y[d$t == 0])) / (N - 2))
  J <- exp(lgamma((N - 2) / 2) - lgamma((N - 3) / 2) - log((N - 2) / 2) / 2)
  w <- 1 - 3 / (4 * N - 9)
  nj <- as.numeric(table(d$s)); n <- sum(nj^2) / N
  a <- anova(lm(y ~ factor(s), d)); n0_icc <- (N - sum(nj^2) / N) / (length(nj) - 1)
  rho <- max(0, (a$`Mean Sq`[1] - a$`Mean Sq`[2]) / (a$`Mean Sq`[1] + (n0_icc - 1) * a$`Mean Sq`[2]))
  h <- ((N - 2) - 2 * (n - 1) * rho)^2 /
    ((N - 2) * (1 - rho)^2 + n * (N - 2 * n) * rho^2 + 2 * (N - 2 * n) * rho * (1 - rho))
  g <- J * ct$beta / sp; se <- sqrt((J * ct$SE / sp)^2 + g^2 / (2 * h)); half <- qt(1 - alpha / 2, ct$df_Satt) * se
  list(g = w * ct$beta / sp, ci = c(g - half, g + half), df = ct$df_Satt, stayed = n1, lost = n0)
}
# Baseline of the arms: those behind the estimate, and everybody measured first.
hedges <- function(keep) {
  a <- pre[keep & program == 1]; b <- pre[keep & program == 0]; N <- length(a) + length(b)
  (1 - 3 / (4 * N - 9)) * (mean(a) - mean(b)) /
    sqrt(((length(a) - 1) * var(a) + (length(b) - 1) * var(b)) / (N - 2))
}
out <- list(
  made_with = list(R = as.character(getRversion()), clubSandwich = as.character(packageVersion("clubSandwich"))),
  rows = data.frame(school = school, program = program, pre = pre, post = post),
  primary = primary,
  lee = list(bounds = unname(lee), share = unname(q), difference = unname(m["1"] - m["0"])),
  unchanged = did(ifelse(stayed, change, 0)), worst = fill(low, high), best = fill(high, low),
  tipping = list(weight = weight, to_zero = abs(primary$estimate) / weight,
                 to_open = if (margin > 0) margin / weight else NULL, sd = sigma(lm(pre[stayed] ~ program[stayed]))),
  lost = list(program = lost_row(1), comparison = lost_row(0)),
  baseline = list(analysed = hedges(stayed), everybody = hedges(TRUE)))
cat(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE), "\n")
