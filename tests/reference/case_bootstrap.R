# Reference values for the school case bootstrap: every resample of a few schools, J^J of them, one by one.
# Run in this folder: Rscript case_bootstrap.R   (writes case_bootstrap.json)
suppressMessages({ library(jsonlite); library(boot) })
alpha <- 0.05

# Quantiles of an enumerated distribution: the smallest value whose probability at or below reaches the level,
# and the same from above. Equal values that differ by rounding are made equal first.
low <- function(x, level) { x <- sort(x); x[which(seq_along(x) / length(x) >= level * (1 - 1e-9))[1]] }
high <- function(x, level) -low(-x, level)

# theta of rows (schools), se of rows; strata: list of row indices; statistic(rows) -> c(theta, se)
describe <- function(strata, statistic) {
  draws <- lapply(strata, function(rows) as.matrix(expand.grid(rep(list(rows), length(rows)))))
  sizes <- sapply(draws, nrow)
  index <- as.matrix(expand.grid(lapply(sizes, seq_len)))
  reps <- t(apply(index, 1, function(i) statistic(unlist(Map(function(d, k) d[k, ], draws, i)))))
  now <- statistic(unlist(strata))
  est <- round(reps[, 1], 12); theta <- now[1]
  se_star <- ifelse(reps[, 2] < 1e-6, 0, reps[, 2])
  t <- ifelse(se_star > 0, (reps[, 1] - theta) / se_star,
              ifelse(abs(reps[, 1] - theta) < 1e-12, 0, Inf * sign(reps[, 1] - theta)))
  t <- round(t, 10)
  z0 <- qnorm(mean((est < round(theta, 12)) + 0.5 * (est == round(theta, 12))))
  l <- unlist(lapply(seq_along(strata), function(s) sapply(strata[[s]], function(j) {
    rest <- strata; rest[[s]] <- setdiff(rest[[s]], j); n <- length(strata[[s]])
    (n - 1) * (theta - statistic(unlist(rest))[1]) / n })))
  a <- sum(l^3) / (6 * sum(l^2)^1.5)
  z <- qnorm(1 - alpha / 2)
  bca <- c(low(est, pnorm(z0 + (z0 - z) / (1 - a * (z0 - z)))), high(est, pnorm(-(z0 + (z0 + z) / (1 - a * (z0 + z))))))
  list(estimate = theta, se = now[2], bootstrap_se = sqrt(mean((reps[, 1] - mean(reps[, 1]))^2)),
       bias = mean(reps[, 1]) - theta, percentile = c(low(est, alpha / 2), high(est, alpha / 2)), z0 = z0,
       acceleration = a, bca = bca,
       bootstrap_t = c(theta - high(t, alpha / 2) * now[2], theta - low(t, alpha / 2) * now[2]),
       p = mean(abs(t) >= abs(now[1] / now[2]) * (1 - 1e-10)))
}

ratio_of <- function(v, w) function(rows) {
  theta <- sum(w[rows] * v[rows]) / sum(w[rows]); e <- w[rows] * (v[rows] - theta); n <- length(rows)
  c(theta, sqrt(n / (n - 1) * sum((e - mean(e))^2)) / sum(w[rows]))
}
difference_of <- function(v, w, program) function(rows) {
  a <- ratio_of(v, w)(rows[program[rows] == 1]); b <- ratio_of(v, w)(rows[program[rows] == 0])
  c(a[1] - b[1], sqrt(a[2]^2 + b[2]^2))
}

out <- list()
v <- c(2.25, -1, 3.5, 0.125)
out$four <- c(list(values = v), describe(list(1:4), ratio_of(v, rep(1, 4))))
v <- c(2.25, -1, 3.5, 0.125, 5, 1.75)
w <- c(31, 12, 8, 25, 17, 22)
out$weighted <- c(list(values = v, weights = w), describe(list(1:6), ratio_of(v, w)))
v <- c(4.5, 2, 6.25, 3, 1, -0.5, 2.5)
program <- c(1, 1, 1, 1, 0, 0, 0)
out$arms <- c(list(values = v, program = program),
              describe(list(5:7, 1:4), difference_of(v, rep(1, 7), program)))
# The acceleration of one stratum is that of the package boot.
v <- out$weighted$values
b <- boot(data.frame(v, w), function(d, i) sum(d$w[i] * d$v[i]) / sum(d$w[i]), R = 50)
L <- empinf(b, type = "jack")
stopifnot(all.equal(sum(L^3) / (6 * sum(L^2)^1.5), out$weighted$acceleration))
out$versions <- list(R = R.version.string, boot = as.character(packageVersion("boot")))
write_json(out, "case_bootstrap.json", digits = NA, auto_unbox = TRUE, pretty = FALSE)
