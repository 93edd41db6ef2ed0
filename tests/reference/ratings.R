# The facets model on real ratings (sirt's data.ratings1), likelihood and maximiser written out in base R.
# Run in this folder: Rscript ratings.R FILE.csv   (writes ratings.json)
d <- read.csv(commandArgs(TRUE)[1], colClasses = c(idstud = "character"))
raters <- unique(d$rater); r <- match(d$rater, raters); p <- match(d$idstud, unique(d$idstud))
x <- as.matrix(d[, 3:7]); m <- 3; theta <- seq(-7, 7, length.out = 201)
negative <- function(par) {
  steps <- matrix(par[1:15], 5); s <- par[16:21]; s <- c(s, -sum(s)); sigma <- exp(par[22])
  ll <- matrix(0, max(p), length(theta))
  for (i in 1:5) for (k in seq_along(raters)) {
    rows <- which(r == k & !is.na(x[, i]))
    logits <- sapply(0:m, function(h) h * sigma * theta - sum(steps[i, seq_len(h)]) - h * s[k])
    logp <- logits - log(rowSums(exp(logits)))
    for (n in rows) ll[p[n], ] <- ll[p[n], ] + logp[, x[n, i] + 1]
  }
  w <- dnorm(theta); w <- w / sum(w)
  -sum(log(exp(ll) %*% w))
}
start <- c(rep(-1, 5), rep(0, 5), rep(1, 5), rep(0, 6), 0.5)
fit <- optim(start, negative, method = "BFGS", control = list(reltol = 1e-14, maxit = 1000, ndeps = rep(1e-5, 22)))
fit <- optim(fit$par, negative, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000, ndeps = rep(1e-5, 22)))
h <- optimHess(fit$par, negative, control = list(ndeps = rep(1e-3, 22)))
se <- sqrt(diag(solve(h)))
num <- function(v) paste0("[", paste(format(v, digits = 12, scientific = FALSE, trim = TRUE), collapse = ", "), "]")
cat(file = "ratings.json", sprintf('{
  "generated_by": "tests/reference/ratings.R",
  "versions": { "R": "%s" },
  "note": "raters in the order of their first row; severities sum to zero, the first six are given",
  "log_likelihood": %.9f,
  "steps_item_by_item": %s,
  "severity": %s,
  "severity_se": %s,
  "variance": %.9f
}
', paste(R.version$major, R.version$minor, sep = "."), -fit$value, num(t(matrix(fit$par[1:15], 5))), num(fit$par[16:21]), num(se[16:21]),
  exp(2 * fit$par[22])))
