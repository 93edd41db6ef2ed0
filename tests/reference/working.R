# Generalised least squares with a fixed exchangeable correlation: CR0, CR1, CR2, CR3 of clubSandwich with
# Satterthwaite df, and the joint test HTZ.  Rscript working.R > working.json
# Data: the worked set of the standards (33 rows, 8 clusters) and a made-up set of 12 very unequal clusters with a
# covariate that varies within them. The correlation is fixed, so that nothing rests on an optimiser.
suppressMessages({library(nlme); library(clubSandwich); library(jsonlite)})

golden <- local({
  shift <- c(2, -1, 0, 3, -2, 1, -3, 0)
  g <- rep(1:8, 3 + (1:8) %% 3)
  i <- seq_along(g)
  d <- data.frame(g, t = g %% 2, x = (7 * i) %% 11)
  d$y <- 50 + 3 * d$t + 2 * d$x + shift[g] + ((13 * i) %% 17 - 8) / 4
  d
})
unequal <- local({
  sizes <- c(2, 3, 3, 4, 5, 7, 9, 12, 16, 25, 40, 70)
  g <- rep(seq_along(sizes), sizes)
  i <- seq_along(g)
  d <- data.frame(g, t = as.numeric(g %in% c(1, 4, 6, 7, 11)), x = ((37 * i) %% 101) / 10 + (5 * g) %% 7)
  d$y <- 20 + 1.5 * d$t + 0.8 * d$x + ((11 * g) %% 13) / 2 + ((53 * i) %% 97 - 48) / 12
  d
})

# The formula itself, with n x n matrices and D the Cholesky factor.
by_hand <- function(d, X, icc) {
  Phi <- lapply(split(seq_along(d$g), d$g), function(r) (1 - icc) * diag(length(r)) + icc)
  W <- lapply(Phi, solve)
  rows <- split(seq_along(d$g), d$g)
  full <- matrix(0, nrow(d), nrow(d)); V <- full
  for (k in seq_along(rows)) { full[rows[[k]], rows[[k]]] <- W[[k]]; V[rows[[k]], rows[[k]]] <- Phi[[k]] }
  M <- solve(t(X) %*% full %*% X)
  b <- M %*% t(X) %*% full %*% d$y
  e <- d$y - X %*% b
  IH <- diag(nrow(d)) - X %*% M %*% t(X) %*% full
  meat <- 0
  for (k in seq_along(rows)) {
    r <- rows[[k]]; D <- chol(Phi[[k]])
    B <- D %*% (IH[r, , drop = FALSE] %*% V %*% t(IH[r, , drop = FALSE])) %*% t(D)
    s <- eigen((B + t(B)) / 2, symmetric = TRUE)
    A <- t(D) %*% s$vectors %*% diag(1 / sqrt(s$values), length(r)) %*% t(s$vectors) %*% D
    u <- t(X[r, , drop = FALSE]) %*% W[[k]] %*% A %*% e[r]
    meat <- meat + u %*% t(u)
  }
  sqrt(diag(M %*% meat %*% M))
}

one <- function(d, icc) {
  fit <- gls(y ~ t + x, data = d, method = "REML",
             correlation = corCompSymm(icc, form = ~ 1 | g, fixed = TRUE))
  X <- model.matrix(~ t + x, d)
  out <- list(icc = icc, beta = unname(coef(fit)))
  for (type in c("CR0", "CR1", "CR2", "CR3")) {
    V <- vcovCR(fit, cluster = d$g, type = type)
    tests <- coef_test(fit, vcov = V, test = "Satterthwaite")
    out[[type]] <- list(se = tests$SE, df = tests$df_Satt)
  }
  own <- by_hand(d, X, icc)
  stopifnot(max(abs(own / out$CR2$se - 1)) < 1e-9)
  V <- vcovCR(fit, cluster = d$g, type = "CR2")
  joint <- Wald_test(fit, constraints = constrain_zero(2:3), vcov = V, test = "HTZ")
  out$htz <- list(f = joint$Fstat, df2 = joint$df_denom)
  out
}

iccs <- c(0.05, 0.2, 0.6)
cat(toJSON(list(
  about = "clubSandwich on nlme::gls with a fixed compound symmetry; made by working.R",
  golden = lapply(iccs, function(r) one(golden, r)),
  unequal = lapply(iccs, function(r) one(unequal, r))
), digits = I(15), auto_unbox = TRUE, pretty = TRUE), "\n")
