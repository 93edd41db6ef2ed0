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

out$versions <- list(R = as.character(getRversion()), clubSandwich = as.character(packageVersion("clubSandwich")))
write_json(out, "impact.json", digits = NA, auto_unbox = TRUE)
