# Reference values for levels and whole distributions: share at a level, proportional odds, quantile change,
# probability of superiority, all with students in schools.
# Run in this folder: Rscript levels.R   (writes levels.json: data, results and package versions)
suppressMessages({ library(clubSandwich); library(MASS); library(jsonlite) })
set.seed(20261123)
out <- list()

# ---- 13 schools of unequal size, two waves, four levels, six schools with the programme ------------------------
size <- c(9, 14, 22, 11, 17, 8, 25, 13, 19, 10, 16, 12, 21)
school <- rep(seq_along(size), size)
n <- length(school)
program <- as.numeric(school %in% c(1, 3, 6, 7, 10, 12))
u <- rnorm(13, 0, 5)[school]
ability <- rnorm(n, 0, 11)
before <- round(50 + u + ability + rnorm(n, 0, 7))
after <- round(50 + u + rnorm(13, 0, 2)[school] + ability + 4 + 4 * program + rnorm(n, 0, 7))
at <- function(x) findInterval(x, c(40, 50, 62))
d <- data.frame(school, program, before, after, pre = at(before), post = at(after))
out$data <- as.list(d)

# ---- share at level 2 or above: schools, then students ---------------------------------------------------------
gain <- tapply((d$post >= 2) - (d$pre >= 2), d$school, mean)
arm <- tapply(d$program, d$school, mean)
one <- t.test(gain)
two <- t.test(gain[arm == 1], gain[arm == 0])
out$share <- list(change = unname(one$estimate), se = unname(one$stderr), p = one$p.value, ci = c(one$conf.int),
                  difference = unname(two$estimate[1] - two$estimate[2]), welch_se = unname(two$stderr))

tight <- glm.control(epsilon = 1e-15, maxit = 100)
robust <- function(fit, cluster, place) {
  fit$call$data <- NULL
  x <- coef_test(fit, vcov = vcovCR(fit, cluster = cluster, type = "CR2"), test = "Satterthwaite")
  list(beta = x$beta[place], se = x$SE[place], df = x$df_Satt[place], p = x$p_Satt[place])
}
long <- data.frame(school = rep(d$school, 2), wave = rep(0:1, each = n), level = c(d$pre, d$post),
                   program = rep(d$program, 2))
# glm keeps the weights of the step before the last; a restart from the solution makes them those of the solution.
settled <- function(formula, data) {
  fit <- glm(formula, binomial, data, control = tight)
  glm(formula, binomial, data, control = tight, start = coef(fit))
}
wave <- settled(as.numeric(level >= 2) ~ wave, long)
adjusted <- settled(as.numeric(post >= 2) ~ program + pre, d)
bare <- settled(as.numeric(post >= 2) ~ program, d)
out$logistic <- list(wave = robust(wave, long$school, 2), adjusted = robust(adjusted, d$school, 2),
                     bare = robust(bare, d$school, 2))
cox <- function(b, N) (1 - 3 / (4 * N - 9)) * b / 1.65
out$cox <- list(adjusted = cox(coef(adjusted)[[2]], n), bare = cox(coef(bare)[[2]], n))

# ---- ordered levels --------------------------------------------------------------------------------------------
ordinal <- function(formula, data) {
  m <- polr(formula, data, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000))
  list(beta = unname(coef(m)), zeta = unname(m$zeta), deviance = m$deviance)
}
long$y <- factor(long$level); d$y <- factor(d$post)
out$ordinal <- list(wave = ordinal(y ~ wave, long), adjusted = ordinal(y ~ program + pre, d),
                    interaction = ordinal(y ~ wave + program + wave:program, long))

# Separate logits, stacked; the joint test on the working least squares of the solution, whose CR2 takes the
# symmetric root, and (wald_glm) on the glm itself, whose root is that of Pustejovsky and Tipton.
stack <- do.call(rbind, lapply(0:2, function(k)
  data.frame(school = d$school, cut = factor(k), program = d$program, pre = d$pre, y = as.numeric(d$post > k))))
both <- settled(y ~ 0 + cut + cut:program + cut:pre, stack)
X <- model.matrix(both); eta <- drop(X %*% coef(both)); p <- plogis(eta); w <- p * (1 - p)
z <- sqrt(w) * (eta + (stack$y - p) / w); XW <- sqrt(w) * X
colnames(XW) <- paste0("c", seq_len(ncol(XW)))
ls <- lm(z ~ 0 + ., as.data.frame(XW))
equal <- function(fit) {
  V <- vcovCR(fit, cluster = stack$school, type = "CR2")
  C <- rbind(c(0, 0, 0, -1, 1, 0, 0, 0, 0), c(0, 0, 0, 0, -1, 1, 0, 0, 0))
  r <- Wald_test(fit, constraints = C, vcov = V, test = "HTZ")
  list(f = r$Fstat, df2 = r$df_denom, p = r$p_val)
}
separate <- lapply(0:2, function(k) robust(settled(as.numeric(post > k) ~ program + pre, transform(d, k = k)),
                                           d$school, 2))
out$parallel <- list(beta = unname(coef(both)[4:6]), separate = separate, wald = equal(ls), wald_glm = equal(both))

# ---- quantiles -------------------------------------------------------------------------------------------------
P <- c(.1, .25, .5, .75, .9)
move <- function(x) quantile(x$after, P, names = FALSE) - quantile(x$before, P, names = FALSE)
rows <- split(seq_len(n), d$school)
resample <- function(schools) d[unlist(rows[sample(schools, length(schools), TRUE)]), ]
B <- 40000
of <- function(schools) t(replicate(B, move(resample(schools))))
ends <- function(x) list(low = apply(x, 2, quantile, .025, names = FALSE),
                         high = apply(x, 2, quantile, .975, names = FALSE), sd = apply(x, 2, sd))
all13 <- of(names(rows)); treated <- of(names(rows)[arm == 1]); control <- of(names(rows)[arm == 0])
out$quantiles <- list(p = P, before = quantile(d$before, P, names = FALSE), after = quantile(d$after, P, names = FALSE),
                      change = move(d), bootstrap = ends(all13),
                      difference = move(d[d$program == 1, ]) - move(d[d$program == 0, ]),
                      difference_bootstrap = ends(treated - control))

# ---- probability of superiority of the changes -----------------------------------------------------------------
A <- function(x) { g <- x$after - x$before; a <- g[x$program == 1]; b <- g[x$program == 0]
                   mean(outer(a, b, ">")) + mean(outer(a, b, "==")) / 2 }
draws <- replicate(20000, A(rbind(resample(names(rows)[arm == 1]), resample(names(rows)[arm == 0]))))
out$superiority <- list(a = A(d), low = quantile(draws, .025, names = FALSE), high = quantile(draws, .975, names = FALSE),
                        sd = sd(draws))
paired <- with(d, (sum(after > before) + sum(after == before) / 2) / n)
out$paired <- paired

# ---- movement between levels -----------------------------------------------------------------------------------
step <- tapply(d$post - d$pre, d$school, mean)
net <- tapply(sign(d$post - d$pre), d$school, mean)
describe <- function(x) { t <- t.test(x); list(mean = unname(t$estimate), se = unname(t$stderr), p = t$p.value) }
out$movement <- list(levels = describe(step), net = describe(net))

out$versions <- list(R = R.version.string, clubSandwich = as.character(packageVersion("clubSandwich")),
                     MASS = as.character(packageVersion("MASS")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), "levels.json")
