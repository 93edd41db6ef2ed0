# Reference values for the kernels of `impact` that neither kernels.R nor the shared files cover.
# Run in this folder: Rscript impact.R   (writes impact.json: data, results and package versions)
suppressMessages({ library(clubSandwich); library(jsonlite) })
set.seed(20261124)
out <- list()

# ---- wild cluster bootstrap by its definition: new outcomes, new fits, every pattern ---------------------
i <- 1:33
cluster <- rep(1:8, c(4, 5, 3, 4, 5, 3, 4, 5))
t <- as.numeric(cluster %% 2 == 1); x <- (7 * i) %% 11
y <- 50 + 3 * t + 2 * x + c(2, -1, 0, 3, -2, 1, -3, 0)[cluster] + (((13 * i) %% 17) - 8) / 4

wild_p <- function(y, X, cluster, column, null, restricted, jackknife, W) {
  n <- nrow(X); p <- ncol(X); G <- length(unique(cluster)); B <- solve(crossprod(X))
  rows <- split(seq_len(n), cluster)
  f <- G * (n - 1) / ((G - 1) * (n - p))
  t_of <- function(y, null) {
    b <- B %*% crossprod(X, y); e <- drop(y - X %*% b)
    meat <- Reduce(`+`, lapply(rows, function(r) tcrossprod(crossprod(X[r, , drop = FALSE], e[r]))))
    (b[column] - null) / sqrt(f * (B %*% meat %*% B)[column, column])
  }
  if (restricted) {
    Z <- X[, -column, drop = FALSE]; y0 <- y - null * X[, column]
    fitted <- drop(Z %*% solve(crossprod(Z), crossprod(Z, y0))) + null * X[, column]; H <- Z %*% solve(crossprod(Z), t(Z))
    centre <- null
  } else {
    b <- B %*% crossprod(X, y); fitted <- drop(X %*% b); H <- X %*% B %*% t(X); centre <- b[column]
  }
  e <- y - fitted
  if (jackknife) for (r in rows) e[r] <- solve(diag(length(r)) - H[r, r], e[r])
  t0 <- abs(t_of(y, null))
  ts <- apply(W, 1, function(w) abs(t_of(fitted + w[match(cluster, sort(unique(cluster)))] * e, centre)))
  tie <- abs(ts - t0) < 1e-9 * t0
  c(counted = mean(ts > t0 | tie), strict = mean(ts > t0 & !tie))
}
X <- cbind(1, t, x)
W <- as.matrix(expand.grid(rep(list(c(1, -1)), 8)))
W <- W[W[, 1] == 1, ]   # opposite patterns give equal sizes
end <- function(side, p) {
  b <- coef(lm(y ~ t + x))[2]; inside <- b; outside <- b + side * 2
  while (p(outside)["counted"] > .05) { inside <- outside; outside <- b + 2 * (outside - b) }
  while (abs(outside - inside) > 1e-9) { m <- (inside + outside) / 2; if (p(m)["counted"] <= .05) outside <- m else inside <- m }
  unname((inside + outside) / 2)
}
variant <- function(restricted, jackknife) {
  p <- function(null) wild_p(y, X, cluster, 2, null, restricted, jackknife, W)
  at <- list(`0` = p(0), `2.5` = p(2.5))
  list(p_counted = lapply(at, function(v) v[["counted"]]), p_strict = lapply(at, function(v) v[["strict"]]),
       low = end(-1, p), high = end(1, p))
}
out$wild <- list(y = y, t = t, x = x, cluster = cluster, wcr11 = variant(TRUE, FALSE), wcu11 = variant(FALSE, FALSE),
                 wcr31 = variant(TRUE, TRUE), wcu31 = variant(FALSE, TRUE))
five <- cluster <= 5
webb <- c(sqrt(1.5), 1, sqrt(.5)); webb <- c(webb, -webb)
W5 <- as.matrix(expand.grid(rep(list(webb), 5)))
p <- wild_p(y[five], cbind(1, x[five]), cluster[five], 2, 1.8, TRUE, FALSE, W5[1:3, ])  # only checks that it runs
shift <- y[five] - 1.8 * x[five]
p <- wild_p(shift, cbind(1, x[five]), cluster[five], 2, 0, TRUE, FALSE, W5)
out$webb <- list(y = shift, x = x[five], cluster = cluster[five], p_counted = p[["counted"]])

# ---- pairs absorbed: twelve schools in six pairs, one of each pair treated ---------------------------------
sizes <- c(8, 14, 5, 21, 9, 11, 17, 6, 12, 10, 7, 19)
school <- rep(seq_along(sizes), sizes); pair <- (school + 1) %/% 2; n <- length(school)
t2 <- as.numeric(school %% 2 == 0); x2 <- round(rnorm(n, school / 4), 2)
y2 <- round(10 + 1.5 * t2 + .8 * x2 + rnorm(6, 0, 2)[pair] + rnorm(12)[school] + rnorm(n, 0, 2), 2)
within <- function(v) v - ave(v, pair)
d <- data.frame(y = within(y2), t = within(t2), x = within(x2))
m <- lm(y ~ 0 + t + x, d)
cr <- function(type) {
  ct <- coef_test(m, vcovCR(m, cluster = school, type = type), test = "Satterthwaite")
  list(beta = ct$beta, se = ct$SE, df = ct$df_Satt)
}
w <- Wald_test(m, constrain_zero(1:2), vcov = vcovCR(m, cluster = school, type = "CR2"), test = "HTZ")
out$absorbed <- list(y = y2, t = t2, x = x2, school = school, pair = pair,
  sigma = summary(lm(y2 ~ t2 + x2 + factor(pair)))$sigma, CR0 = cr("CR0"), CR1 = cr("CR1"), CR2 = cr("CR2"), CR3 = cr("CR3"),
  HTZ = list(F = w$Fstat, df = w$df_denom, p = w$p_val))

# ---- normality: Shapiro-Wilk of R; Lilliefors' D from ks.test, p by the printed formula of Dallal & Wilkinson
lilliefors_p <- function(D, n) {
  if (n > 100) { D <- D * (n / 100)^.49; n <- 100 }
  exp(-7.01256 * D^2 * (n + 2.78019) + 2.99587 * D * sqrt(n + 2.78019) - .122119 + .974598 / sqrt(n) + 1.67997 / n)
}
normality <- function(x) {
  w <- shapiro.test(x); D <- suppressWarnings(ks.test((x - mean(x)) / sd(x), "pnorm")$statistic)
  list(x = x, W = w$statistic[[1]], p = w$p.value, D = D[[1]], p_lilliefors = lilliefors_p(D[[1]], length(x)))
}
out$normality <- lapply(list(c(1.5, 2, 4), c(1, 3, 2.5, 7), c(1, 3, 2.5, 7, 20), round(rexp(9), 3), round(rnorm(11), 3),
  round(rexp(12), 3), round(rexp(40)^2, 3), round(rnorm(100), 3), round(rexp(300), 2), round(rt(2000, 4), 3)), normality)

# ---- Rubin's rules, Barnard-Rubin df --------------------------------------------------------------------------
Q <- c(2.1, 2.6, 1.8, 2.3, 2.9, 2.0); U <- c(.81, .77, .9, .85, .79, .88); m <- length(Q); com <- 11
W0 <- mean(U); B <- var(Q); T0 <- W0 + (1 + 1 / m) * B; lambda <- (1 + 1 / m) * B / T0
old <- (m - 1) / lambda^2; obs <- (com + 1) / (com + 3) * com * (1 - lambda); df <- old * obs / (old + obs)
r <- (1 + 1 / m) * B / W0
out$pooling <- list(estimates = Q, variances = U, complete_df = com, estimate = mean(Q), se = sqrt(T0), df = df,
  p = 2 * pt(-abs(mean(Q)) / sqrt(T0), df), fmi = (r + 2 / (df + 3)) / (1 + r))

# ---- proportional odds with a cluster-robust sandwich ---------------------------------------------------------
suppressMessages({ library(MASS); library(sandwich) })
z <- rlogis(n, .8 * t2 + .5 * x2 + rnorm(12, 0, .7)[school])
level <- cut(z, c(-Inf, 0, 1, 2.5, Inf), labels = FALSE) - 1
po <- polr(factor(level) ~ t2 + x2, Hess = TRUE, control = list(reltol = 1e-16, maxit = 10000))
vc <- vcovCL(po, cluster = school, type = "HC0", cadjust = TRUE)
out$ordinal <- list(level = level, coefficients = unname(coef(po)), cuts = unname(po$zeta), loglik = as.numeric(logLik(po)),
  se_CR1 = unname(sqrt(diag(vc))[1:2]), se_model = unname(sqrt(diag(vcov(po)))[1:2]))

out$versions <- list(R = as.character(getRversion()), clubSandwich = as.character(packageVersion("clubSandwich")),
                     sandwich = as.character(packageVersion("sandwich")), MASS = as.character(packageVersion("MASS")))
write_json(out, "impact.json", digits = NA, auto_unbox = TRUE)
