# Reference values for mixed models, logistic and proportional odds regression with schools.
# Run in this folder: Rscript mixed.R   (writes mixed.json: data, results and package versions)
suppressMessages({ library(lme4); library(lmerTest); library(pbkrtest); library(MASS); library(sandwich)
                   library(clubSandwich); library(jsonlite) })
set.seed(20261123)
out <- list()
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-13, rhobeg = 1e-2, maxfun = 1e6),
                     calc.derivs = FALSE, check.conv.singular = "ignore")

# From wherever bobyqa stops, restarts and Nelder-Mead-free polishing: the criterion is flat to 1e-12 around it.
fitted <- function(formula, data, REML = TRUE) {
  m <- lmer(formula, data, REML = REML, control = tight)
  for (i in 1:3) m <- lmer(formula, data, REML = REML, control = tight, start = getME(m, "theta"))
  m
}
describe <- function(m, kr = TRUE) {
  vc <- as.data.frame(VarCorr(m))
  s <- coef(summary(m, ddf = "Satterthwaite"))
  r <- list(beta = unname(fixef(m)), se = unname(s[, 2]), df = unname(s[, 3]),
            component = paste(vc$grp, ifelse(is.na(vc$var1), "", vc$var1), ifelse(is.na(vc$var2), "", vc$var2)),
            variance = vc$vcov, criterion = unname(-2 * c(logLik(m))))
  if (kr) { k <- coef(summary(m, ddf = "Kenward-Roger")); r$kr_se <- unname(k[, 2]); r$kr_df <- unname(k[, 3]) }
  r
}

# ---- students in schools, two waves, two in three linked, unequal schools ------------------------------------
sizes <- c(9, 14, 22, 11, 17, 8, 25, 13, 19, 10, 16, 12, 21)
d <- do.call(rbind, lapply(seq_along(sizes), function(j) do.call(rbind, lapply(seq_len(sizes[j]), function(i) {
  waves <- if (i %% 3 != 0) 0:1 else if (i %% 2 == 0) 0 else 1
  data.frame(school = j, person = 1000 * j + i, wave = waves)
}))))
J <- length(sizes)
d$treat <- as.numeric(d$school <= 6)
u <- rnorm(J, 0, 4); w <- rnorm(2 * J, 0, 2); s <- rnorm(1e5, 0, 6)
d$girl <- d$person %% 2
d$y <- round(50 + u[d$school] + w[2 * d$school - d$wave] + s[d$person] + 3 * d$wave + 2.5 * d$wave * d$treat +
             1.5 * d$girl + rnorm(nrow(d), 0, 5), 2)
three <- y ~ wave * treat + girl + (1 | school) + (1 | school:wave) + (1 | person)
out$three <- list(data = as.list(d), reml = describe(fitted(three, d)), ml = describe(fitted(three, d, FALSE), FALSE))
two <- fitted(y ~ wave * treat + girl + (1 | school) + (1 | person), d, FALSE)
p <- profile(two, devtol = 1e-7)
ci <- confint(p, level = 0.95)
out$profile <- list(names = rownames(ci), low = unname(ci[, 1]), high = unname(ci[, 2]))

# ---- multisite: students within schools are randomised, the effect differs between schools -------------------
n <- c(12, 20, 9, 31, 16, 24, 11, 18, 27, 14)
m <- data.frame(school = rep(seq_along(n), n))
m$t <- as.numeric(seq_len(nrow(m)) %% 5 < 2)
m$pre <- round(rnorm(nrow(m), 50, 10), 1)
a <- rnorm(10, 0, 4); b <- c(3, -2, 4, -4, 1, -1, 2, -3, 5, -5)
m$y <- round(20 + 0.6 * m$pre + a[m$school] + (3 + b[m$school]) * m$t + rnorm(nrow(m), 0, 6), 2)
out$multisite <- list(data = as.list(m),
                      correlated = describe(fitted(y ~ t + pre + (1 + t | school), m)),
                      independent = describe(fitted(y ~ t + pre + (1 | school) + (0 + t | school), m)))

# Effects on a line with the intercepts: a correlation of one, at the edge of what is a covariance matrix.
m$line <- round(m$y - b[m$school] * m$t + 0.5 * a[m$school] * m$t, 2)
edge <- fitted(line ~ t + pre + (1 + t | school), m)
out$line <- list(y = m$line, variance = as.data.frame(VarCorr(edge))$vcov, criterion = unname(-2 * c(logLik(edge))))

# ---- classes within schools ------------------------------------------------------------------------------------
cl <- data.frame(school = rep(1:9, each = 24), class = rep(1:27, each = 8), x = round(rnorm(216), 3))
cl <- cl[-c(1:5, 50:53, 120:131, 200), ]
cl$y <- round(10 + 2 * cl$x + rnorm(9, 0, 2)[cl$school] + rnorm(27, 0, 1.5)[cl$class] + rnorm(nrow(cl), 0, 3), 2)
out$classes <- list(data = as.list(cl), reml = describe(fitted(y ~ x + (1 | school) + (1 | class), cl)))

# ---- a school variance of zero: school means are alike ---------------------------------------------------------
z <- data.frame(school = rep(1:8, each = 6), t = rep(0:1, each = 24))
z$y <- rep(c(-5, 3, 1, -2, 4, -1), 8) + 2 * z$t
v <- as.data.frame(VarCorr(lmer(y ~ t + (1 | school), z, control = tight)))
out$singular <- list(data = as.list(z), variance = v$vcov)

# ---- logistic regression: working weights of a converged fit, and of glm's default -----------------------------
b <- out$multisite$data
g <- data.frame(school = b$school, t = b$t, pre = b$pre, pass = as.numeric(b$y > median(b$y)))
cr <- function(f, type) {
  x <- coef_test(f, vcov = vcovCR(f, cluster = g$school, type = type), test = "Satterthwaite")
  list(se = x$SE, df = x$df_Satt)
}

logit <- function(epsilon) {
  f <- glm(pass ~ t + pre, binomial, g, control = glm.control(epsilon = epsilon, maxit = 100))
  list(beta = unname(coef(f)), CR0 = cr(f, "CR0"), CR1 = cr(f, "CR1"), CR2 = cr(f, "CR2"), CR3 = cr(f, "CR3"))
}
out$logit <- list(pass = g$pass, converged = logit(1e-15), default = logit(1e-8))

# ---- proportional odds: polr, its sandwich, and CR2 by its definition ------------------------------------------
g$level <- cut(b$y, c(-Inf, 45, 52, 60, Inf), labels = FALSE)
f <- polr(factor(level) ~ t + pre, g, Hess = TRUE, control = list(reltol = 1e-16, maxit = 1000))
# polr stops by function values; Newton from there with exact scores.
K <- max(g$level); X <- cbind(g$t, g$pre); p <- ncol(X); y <- g$level; N <- nrow(g)
D <- lapply(seq_len(N), function(i) cbind(diag(K - 1), -matrix(X[i, ], K - 1, p, byrow = TRUE)))
parts <- function(th) lapply(seq_len(N), function(i) {
  eta <- drop(D[[i]] %*% th); gam <- plogis(eta); G <- diag(gam * (1 - gam))
  S <- outer(gam, gam, pmin) - outer(gam, gam)
  list(score = drop(t(D[[i]]) %*% G %*% solve(S, as.numeric(y[i] <= seq_len(K - 1)) - gam)),
       info = t(D[[i]]) %*% G %*% solve(S, G %*% D[[i]]),
       X = chol(solve(S)) %*% G %*% D[[i]])
})
th <- c(f$zeta, coef(f))
for (i in 1:20) { q <- parts(th); th <- th + solve(Reduce(`+`, lapply(q, `[[`, "info")),
                                                   Reduce(`+`, lapply(q, `[[`, "score"))) }
q <- parts(th); I <- Reduce(`+`, lapply(q, `[[`, "info")); B <- solve(I)
observed <- function(th, h = 1e-5) { # minus the derivative of the total score, central differences
  s <- function(t) Reduce(`+`, lapply(parts(t), `[[`, "score"))
  H <- sapply(seq_along(th), function(k) { e <- replace(0 * th, k, h); (s(th - e) - s(th + e)) / (2 * h) })
  (H + t(H)) / 2
}
O <- solve(observed(th))
rows <- split(seq_len(N), g$school)
U <- t(sapply(rows, function(r) Reduce(`+`, lapply(q[r], `[[`, "score"))))
# CR2 and Satterthwaite's df with full matrices, (K - 1) rows per person.
XX <- do.call(rbind, lapply(q, `[[`, "X"))
e <- unlist(lapply(seq_len(N), function(i) {
  eta <- drop(D[[i]] %*% th); gam <- plogis(eta); S <- outer(gam, gam, pmin) - outer(gam, gam)
  chol(solve(S)) %*% (as.numeric(y[i] <= seq_len(K - 1)) - gam) }))
stack <- rep(g$school, each = K - 1)
H <- XX %*% B %*% t(XX)
A <- lapply(unique(stack), function(j) { k <- which(stack == j); ei <- eigen(diag(length(k)) - H[k, k], symmetric = TRUE)
  ei$vectors %*% (ifelse(ei$values > 1e-10, ei$values^-0.5, 0) * t(ei$vectors)) })
cr2 <- sapply(seq_along(th), function(k) {
  cc <- replace(0 * th, k, 1)
  P <- sapply(seq_along(A), function(j) { r <- which(stack == j)
    drop((diag(nrow(XX)) - H)[, r] %*% A[[j]] %*% XX[r, ] %*% B %*% cc) })
  Om <- crossprod(P)
  V <- sum(sapply(seq_along(A), function(j) { r <- which(stack == j)
    sum(cc * (B %*% t(XX[r, ]) %*% A[[j]] %*% e[r]))^2 }))
  c(sqrt(V), sum(diag(Om))^2 / sum(Om^2))
})
J <- length(rows)
order <- c(K - 1 + seq_len(p), seq_len(K - 1))   # sandwich puts coefficients first
out$ordinal <- list(level = g$level, theta = unname(th), se_observed = sqrt(diag(O)), se_expected = sqrt(diag(B)),
                    cr0_observed = sqrt(diag(O %*% crossprod(U) %*% O)), cr0_expected = sqrt(diag(B %*% crossprod(U) %*% B)),
                    cr1_expected = sqrt(diag(B %*% crossprod(U) %*% B) * J / (J - 1)),
                    cr2_se = cr2[1, ], cr2_df = cr2[2, ],
                    polr = unname(c(coef(f), f$zeta))[order(order)],
                    sandwich_cr0 = unname(sqrt(diag(vcovCL(f, g$school, type = "HC0", cadjust = FALSE))))[order(order)],
                    sandwich_cr1 = unname(sqrt(diag(vcovCL(f, g$school, type = "HC0", cadjust = TRUE))))[order(order)])

out$versions <- sapply(c("lme4", "lmerTest", "pbkrtest", "MASS", "sandwich", "clubSandwich"),
                       function(p) as.character(packageVersion(p)))
out$versions["R"] <- paste(R.version$major, R.version$minor, sep = ".")
out$versions <- as.list(out$versions)
write_json(out, "mixed.json", digits = NA, auto_unbox = TRUE, null = "null", na = "null")
