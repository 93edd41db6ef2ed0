# Effect sizes of students in schools of unequal size: the formulas of standards 2.1, 2.2, 4.1 and 4.3 written out anew, the
# sums over schools as traces of the N x N matrices they stand for; metafor where it has the quantity.
# Run in this folder: Rscript scales.R   (writes scales.json: data, summaries, results, package versions)
suppressMessages({ library(metafor); library(jsonlite) })
set.seed(20261123)
program <- c(4, 11, 23, 7, 15); comparison <- c(9, 3, 31, 12, 6, 18)
n <- c(program, comparison); m <- length(n); N <- sum(n)
school <- rep(seq_len(m), n); arm <- as.numeric(school <= length(program))
shift <- rnorm(m, 0, 4)
pre <- round(50 + shift[school] + rnorm(N, 0, 9), 1)
post <- round(10 + 0.8 * pre + 4 * arm + shift[school] / 3 + rnorm(N, 0, 6), 1)
rho <- 0.23; alpha <- 0.05; tq <- function(df) qt(1 - alpha / 2, df)
out <- list(data = list(school = school - 1, arm = arm, pre = pre, post = post), icc = rho)
result <- function(value, variance, df) {
  list(value = value, se = sqrt(variance), low = value - tq(df) * sqrt(variance), high = value + tq(df) * sqrt(variance))
}

# ---- two arms: covariance of students with total variance 1, and centering within arms -----------------------
V <- diag(1 - rho, N) + rho * outer(school, school, "==")
Q <- diag(N); for (a in 0:1) { i <- arm == a; Q[i, i] <- Q[i, i] - 1 / sum(i) }
QV <- Q %*% V; lost <- sum(diag(QV)); spread <- sum(QV * t(QV))   # tr QV, tr QVQV
contrast <- ifelse(arm == 1, 1 / sum(arm), -1 / sum(1 - arm))
base <- drop(t(contrast) %*% V %*% contrast)                      # variance of the difference of means
difference <- sum(contrast * post)
pooled <- sqrt(sum((post - ave(post, arm))^2) / (N - 2))
within <- sqrt(sum((post - ave(post, school))^2) / (N - m))
means <- tapply(post, school, mean); side <- seq_len(m) <= length(program)
between <- sqrt(sum((means - ave(means, side))^2) / (m - 2))
d <- difference / within
out$within <- c(list(sd = within), result(d, base / (1 - rho) + d^2 / (2 * (N - m)), m - 2))
d <- difference / pooled * sqrt(lost / (N - 2))
out$total <- c(list(sd = pooled), result(d, base + d^2 * spread / (2 * (N - 2) * lost), m - 2))
h <- m / sum(1 / n); ratio <- (1 + (h - 1) * rho) / (h * rho)
d <- difference / between * sqrt(ratio)
out$between <- c(list(sd = between), result(d, (1 / length(program) + 1 / length(comparison)) * ratio + d^2 / (2 * (m - 2)), m - 2))

# ---- What Works Clearinghouse: one size, sum n^2 / N, for all schools ------------------------------------------
nn <- sum(n^2) / N
gamma <- sqrt(1 - 2 * (nn - 1) * rho / (N - 2))
hdf <- ((N - 2) - 2 * (nn - 1) * rho)^2 / ((N - 2) * (1 - rho)^2 + nn * (N - 2 * nn) * rho^2 + 2 * (N - 2 * nn) * rho * (1 - rho))
w <- 1 - 3 / (4 * N - 9)
wwc <- function(r2) {
  g <- gamma * w * difference / pooled
  result(g, (gamma * w)^2 * (1 / sum(arm) + 1 / sum(1 - arm)) * (1 + (nn - 1) * rho) * (1 - r2) + g^2 / (2 * hdf), hdf)
}
t0 <- difference / (pooled * sqrt(1 / sum(arm) + 1 / sum(1 - arm)))
ta <- t0 * sqrt(((N - 2) - 2 * (nn - 1) * rho) / ((N - 2) * (1 + (nn - 1) * rho)))
out$wwc <- list(raw = wwc(0), adjusted = wwc(0.4), t = t0, corrected = ta, df = hdf, gamma = gamma, p = 2 * pt(-abs(ta), hdf))

# ---- one group (the program arm): clustered and plain ----------------------------------------------------------
p <- arm == 1; x0 <- pre[p]; x1 <- post[p]; s <- school[p]; k <- tabulate(s); k <- k[k > 0]; M <- sum(k); J <- length(k)
changes <- tapply(x1 - x0, s, mean)
D <- mean(changes); se <- sd(changes) / sqrt(J)
kk <- sum(k^2) / M
factor <- sqrt(1 - (kk - 1) * rho / (M - 1))
h1 <- ((M - 1) - (kk - 1) * rho)^2 / ((M - 1) * (1 - rho)^2 + kk * (M - kk) * rho^2 + 2 * (M - kk) * rho * (1 - rho))
# The SD of the scores is sd / factor, in the estimate and in its error.
one <- function(sd) { g <- D / sd * factor; result(g, (factor * se / sd)^2 + g^2 / (2 * h1), J - 1) }
out$one_group <- list(change = D, se = se, factor = factor, df = h1,
                      becker = one(sd(x0)), d_av = one(sqrt((var(x0) + var(x1)) / 2)))
r <- cor(x0, x1)
fit <- function(measure) {
  e <- escalc(measure, m1i = mean(x1), m2i = mean(x0), sd1i = sd(x0), sd2i = sd(x1), ni = M, ri = r)
  list(value = e$yi[[1]], variance = e$vi[[1]])
}
out$metafor <- list(n = M, mean_pre = mean(x0), mean_post = mean(x1), sd_pre = sd(x0), sd_post = sd(x1), r = r,
                    SMCR = fit("SMCR"), SMCC = fit("SMCC"))

# ---- Glass: comparison SD, clustered test of the difference of school means ------------------------------------
C <- post[arm == 0]; kc <- comparison; NC <- sum(kc); kc2 <- sum(kc^2) / NC
hc <- ((NC - 1) - (kc2 - 1) * rho)^2 / ((NC - 1) * (1 - rho)^2 + kc2 * (NC - kc2) * rho^2 + 2 * (NC - kc2) * rho * (1 - rho))
a <- means[side]; b <- means[!side]
test <- list(estimate = mean(a) - mean(b), se = sqrt(var(a) / length(a) + var(b) / length(b)), df = 9.25)
J1 <- exp(lgamma((NC - 1) / 2) - lgamma((NC - 2) / 2)) / sqrt((NC - 1) / 2)
g <- J1 * test$estimate / sd(C)
out$glass <- c(list(sd = sd(C), sd_df = hc, test = test), result(g, (J1 * test$se / sd(C))^2 + g^2 / (2 * hc), test$df))
out$versions <- list(R = R.version.string, metafor = as.character(packageVersion("metafor")))
write_json(out, "scales.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
