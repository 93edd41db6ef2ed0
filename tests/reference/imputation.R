# Reference values for multilevel multiple imputation: students in schools, scores before and after with holes.
# Run in this folder: Rscript imputation.R   (writes imputation.json: data, results, package versions; two minutes)
suppressMessages({ library(nlme); library(mitml); library(jsonlite) })
set.seed(20261124)
out <- list()

# ---- data: J schools, both waves, post missing at random given pre, pre missing at random given post ------------
make <- function(sizes, mu, sb, rb, sw, rw, lost) {
  school <- rep(seq_along(sizes), sizes); n <- length(school)
  Psi <- diag(sb) %*% matrix(c(1, rb, rb, 1), 2) %*% diag(sb); Sig <- diag(sw) %*% matrix(c(1, rw, rw, 1), 2) %*% diag(sw)
  u <- MASS::mvrnorm(length(sizes), mu, Psi); e <- MASS::mvrnorm(n, c(0, 0), Sig)
  y <- u[school, ] + e
  pre <- round(y[, 1], 2); post <- round(y[, 2], 2)
  which_post <- runif(n) < plogis(qlogis(lost) - 1.0 * (pre - mu[1]) / sqrt(sb[1]^2 + sw[1]^2))
  which_pre <- !which_post & runif(n) < plogis(qlogis(lost / 3) + 0.7 * (post - mu[2]) / sqrt(sb[2]^2 + sw[2]^2))
  pre[which_pre] <- NA; post[which_post] <- NA
  data.frame(school, pre, post)
}

# Maximum likelihood of the same model on all observed scores.
likelihood <- function(d) {
  long <- data.frame(school = rep(d$school, 2), person = rep(seq_len(nrow(d)), 2), wave = rep(0:1, each = nrow(d)),
                     y = c(d$pre, d$post))
  long <- long[!is.na(long$y), ]
  long$w <- factor(long$wave)
  m <- lme(y ~ 0 + w, random = ~ 0 + w | school, correlation = corSymm(form = ~ wave + 1 | school/person),
           weights = varIdent(form = ~ 1 | w), data = long, method = "REML",
           control = lmeControl(maxIter = 500, msMaxIter = 500, opt = "optim", returnObject = TRUE))
  v <- getVarCov(m)
  s <- m$sigma * c(1, coef(m$modelStruct$varStruct, unconstrained = FALSE))
  r <- coef(m$modelStruct$corStruct, unconstrained = FALSE)
  list(means = unname(fixef(m)), vcov = unname(c(vcov(m))), between = c(v[1, 1], v[1, 2], v[2, 2]),
       within = unname(c(s[1]^2, r * s[1] * s[2], s[2]^2)))
}

# pan (Schafer) through mitml, the prior between schools as in dampak: df 2, scale a tenth of the variances.
by_pan <- function(d, m, seed) {
  prior <- list(a = 2, Binv = diag(2), c = 2, Dinv = diag(0.1 * c(var(d$pre, na.rm = TRUE), var(d$post, na.rm = TRUE))))
  imp <- panImpute(d, formula = pre + post ~ 1 + (1 | school), n.burn = 2000, n.iter = 100, m = m, prior = prior,
                   seed = seed, silent = TRUE)
  est <- sapply(mitmlComplete(imp, "all"), function(x) {
    change <- tapply(x$post - x$pre, x$school, mean)
    c(mean(change), var(change) / length(change), mean(x$post - x$pre), sd(x$post))
  })
  J <- length(unique(d$school)); B <- var(est[1, ]); W <- mean(est[2, ]); T <- W + (1 + 1 / m) * B
  lambda <- (1 + 1 / m) * B / T; com <- J - 1
  obs <- (com + 1) / (com + 3) * com * (1 - lambda); old <- (m - 1) / lambda^2
  list(m = m, estimate = mean(est[1, ]), within = W, between = B, df = old * obs / (old + obs),
       student_change = mean(est[3, ]), student_between = var(est[3, ]), sd_post = mean(est[4, ]),
       sd_post_between = var(est[4, ]))
}

one <- function(d, m, seed) {
  full <- d[!is.na(d$pre) & !is.na(d$post), ]
  change <- tapply(full$post - full$pre, full$school, mean)
  list(school = d$school, pre = d$pre, post = d$post, complete_case = c(mean(change), sd(change) / sqrt(length(change))),
       likelihood = likelihood(d), pan = by_pan(d, m, seed))
}

balanced <- make(rep(25, 16), c(50, 56), c(5, 6), .7, c(11, 12), .6, .25)
unequal <- make(c(9, 31, 14, 40, 22, 11, 27, 8, 35, 17, 25, 13, 19), c(48, 53), c(4, 5), .5, c(12, 13), .65, .3)
out$balanced <- one(balanced, 1000, 7)
out$unequal <- one(unequal, 1000, 8)
out$versions <- list(R = R.version.string, nlme = as.character(packageVersion("nlme")),
                     mitml = as.character(packageVersion("mitml")), pan = as.character(packageVersion("pan")))
write_json(out, "imputation.json", digits = NA, auto_unbox = TRUE, pretty = FALSE, na = "null")
