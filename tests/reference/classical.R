# Reference values for questionnaire quality indices and for polytomous logistic DIF.
# Run in this folder: Rscript classical.R   (writes classical.json: data, results and package versions)
# All data are simulated here with a fixed seed and stored beside the results, so that the tests need no R.
# Quality indices by plain formulas: the package usually taken for them needs complete data in places.
suppressMessages({ library(MASS); library(jsonlite) })
set.seed(20261124)
out <- list()

# ---- questionnaire: 80 persons, 15 items of 5 categories, five scales of three, some answers missing ----------
n <- 80; k <- 15
scales <- split(seq_len(k), rep(1:5, each = 3))
level <- matrix(rnorm(n * 5), n)
latent <- 0.8 * level[, rep(1:5, each = 3)] + 0.7 * matrix(rnorm(n * k), n)
x <- matrix(as.integer(cut(latent, c(-Inf, -1, -0.3, 0.4, 1.1, Inf))), n)
x[7, ] <- 3                      # a straight line
x[9, 1:11] <- 5                  # a long one
complete <- x
x[cbind(sample(n, 25, TRUE), sample(k, 25, TRUE))] <- NA
x[40, ] <- NA                    # nobody there
x[21, ] <- x[4, ]; x[33, ] <- x[4, ]; x[60, ] <- x[12, ]   # copies

longest <- function(row) {
  best <- 0; run <- 0; last <- NA
  for (v in row) {
    run <- if (is.na(v)) 0 else if (!is.na(last) && v == last) run + 1 else 1
    best <- max(best, run); last <- v
  }
  best
}
even_odd <- function(row) {
  half <- function(s, start) { v <- row[s[seq(start, length(s), by = 2)]]; if (all(is.na(v))) NA else mean(v, na.rm = TRUE) }
  odd <- sapply(scales, half, 1); even <- sapply(scales, half, 2)
  both <- !is.na(odd) & !is.na(even)
  if (sum(both) < 3 || sd(odd[both]) == 0 || sd(even[both]) == 0) return(NA)
  r <- cor(odd[both], even[both])
  max(-1, 2 * r / (1 + r))
}
S <- cov(x, use = "pairwise.complete.obs"); m <- colMeans(x, na.rm = TRUE)
distance <- function(row) {
  seen <- which(!is.na(row)); if (!length(seen)) return(c(NA, 0, NA))
  d <- row[seen] - m[seen]
  d2 <- sum(d * solve(S[seen, seen], d))
  c(d2, length(seen), pchisq(d2, length(seen), lower.tail = FALSE))
}
d <- t(apply(x, 1, distance))
keys <- apply(x, 1, paste, collapse = " ")
answers <- rowSums(!is.na(x))
varies <- apply(x, 1, function(r) { r <- r[!is.na(r)]; length(unique(r)) > 1 })
ok <- varies & answers >= 10
first <- sapply(seq_len(n), function(i) if (ok[i]) min(which(keys == keys[i] & ok)) else NA)
irv <- apply(x, 1, function(r) if (sum(!is.na(r)) < 2) NA else sd(r, na.rm = TRUE))
out$quality <- list(persons = n, items = k, answers = as.vector(t(x)),
  long_string = apply(x, 1, longest), irv = irv, even_odd = apply(x, 1, even_odd),
  d2 = d[, 1], d2_items = d[, 2], d2_p = d[, 3],
  duplicates = which(!is.na(first) & first < seq_len(n)) - 1, duplicate_of = first[which(!is.na(first) & first < seq_len(n))] - 1,
  d2_complete = { keep <- setdiff(seq_len(n), 40); as.numeric(mahalanobis(complete[keep, ], colMeans(complete[keep, ]), cov(complete[keep, ]))) },
  complete = as.vector(t(complete[setdiff(seq_len(n), 40), ])))

# ---- polytomous DIF: six items of four points, item 2 harder for the focal group, item 3 less discriminating ----
n <- 600
group <- rep(0:1, c(350, 250))
theta <- rnorm(n) - 0.3 * group
item <- function(slope, shift) {
  eta <- slope * theta + shift + rlogis(n)
  as.integer(cut(eta, c(-Inf, -1, 0.2, 1.4, Inf))) - 1L
}
y <- cbind(item(1.2, 0), item(1.2, -0.9 * group), item(1.5 - 0.9 * group, 0), item(0.9, 0.2), item(1.3, -0.2), item(1.0, 0))
score <- rowSums(y)
r2 <- function(fit, null) {
  ll <- as.numeric(logLik(fit)); l0 <- as.numeric(logLik(null))
  c(nagelkerke = (1 - exp(2 * (l0 - ll) / n)) / (1 - exp(2 * l0 / n)), mcfadden = 1 - ll / l0)
}
polr_fit <- function(formula) polr(formula, Hess = TRUE, control = list(reltol = 1e-16, maxit = 2000))
dif <- lapply(seq_len(ncol(y)), function(i) {
  f <- factor(y[, i])
  null <- polr_fit(f ~ 1); s <- polr_fit(f ~ score); g <- polr_fit(f ~ score + group); p <- polr_fit(f ~ score * group)
  test <- function(small, large, df) {
    chi2 <- as.numeric(2 * (logLik(large) - logLik(small))); gain <- r2(large, null) - r2(small, null)
    list(chi2 = chi2, p = pchisq(chi2, df, lower.tail = FALSE), nagelkerke = gain[["nagelkerke"]], mcfadden = gain[["mcfadden"]])
  }
  list(both = test(s, p, 2), uniform = test(s, g, 1), nonuniform = test(g, p, 1),
    thresholds = as.numeric(g$zeta), main = as.numeric(coef(g)), group_se = sqrt(vcov(g)["group", "group"]),
    full = as.numeric(coef(p)), deviance = c(deviance(null), deviance(s), deviance(g), deviance(p)))
})
# Mantel's test by its formula, with the standardised mean difference; the generalised test by R's own.
mantel <- lapply(seq_len(ncol(y)), function(i) {
  parts <- lapply(split(seq_len(n), score), function(rows) {
    v <- y[rows, i]; g <- group[rows]; size <- length(v); nf <- sum(g == 1); nr <- sum(g == 0)
    if (nf == 0 || nr == 0) return(NULL)
    c(f = sum(v[g == 1]), e = nf * mean(v), v = if (size > 1) nf * nr / (size - 1) * mean((v - mean(v))^2) else 0,
      d = nf * (mean(v[g == 1]) - mean(v[g == 0])), nf = nf)
  })
  m <- colSums(do.call(rbind, parts))
  chi2 <- (m[["f"]] - m[["e"]])^2 / m[["v"]]
  cube <- table(group, y[, i], score); cube <- cube[, , apply(cube, 3, sum) > 1]
  general <- mantelhaen.test(cube)
  list(chi2 = chi2, p = pchisq(chi2, 1, lower.tail = FALSE), smd = m[["d"]] / m[["nf"]], smd_sd = m[["d"]] / m[["nf"]] / sd(y[, i]),
    general = list(chi2 = as.numeric(general$statistic), df = as.numeric(general$parameter), p = general$p.value))
})
out$ordinal_dif <- list(mantel = mantel, persons = n, items = ncol(y), points = as.vector(t(y)), group = group, dif = dif)

versions <- list(R = as.character(getRversion()), MASS = as.character(packageVersion("MASS")))
write(toJSON(list(generated_by = "classical.R", versions = versions, entries = out), digits = NA, auto_unbox = TRUE,
  na = "null", null = "null"), "classical.json")
