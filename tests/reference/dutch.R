# Mixed models of the Dutch primary data at a tight optimum. ../../../shared/reference/dutch-primary.json was made with
# lme4's defaults, whose variances of the three-term model are off by up to 1.2e-5 (twice its variance between waves
# should be the variance of the changes between schools: every pupil has both scores).
# Run in this folder: Rscript dutch.R   (reads ../../../shared/data/dutch-primary/pupils.csv, writes dutch.json: results only)
suppressMessages({ library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite) })
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-13, rhobeg = 1e-2, maxfun = 1e6), calc.derivs = FALSE)
fitted <- function(formula, data) {
  m <- lmer(formula, data, control = tight)
  for (i in 1:3) m <- lmer(formula, data, control = tight, start = getME(m, "theta"))
  m
}
# One row of the coefficient table by both kinds of degrees of freedom, and the variances by group.
describe <- function(m, row) {
  vc <- as.data.frame(VarCorr(m))
  s <- coef(summary(m, ddf = "Satterthwaite"))[row, ]
  k <- coef(summary(m, ddf = "Kenward-Roger"))[row, ]
  list(estimate = s[["Estimate"]], se = s[["Std. Error"]], df = s[["df"]], kr_se = k[["Std. Error"]], kr_df = k[["df"]],
       variance = as.list(setNames(vc$vcov, vc$grp)), criterion = unname(-2 * c(logLik(m))))
}
d <- read.csv("../../../shared/data/dutch-primary/pupils.csv", colClasses = c(school_id = "character", student_id = "character"))
one <- function(pre, post) {
  x <- data.frame(school = d$school_id, id = d$student_id, pre = d[[pre]], post = d[[post]])
  long <- data.frame(school = rep(x$school, 2), id = rep(x$id, 2), wave = rep(0:1, each = nrow(x)), y = c(x$pre, x$post))
  long$school_wave <- paste(long$school, long$wave)
  three <- fitted(y ~ wave + (1 | school) + (1 | school_wave) + (1 | id), long)
  icc <- function(y) { v <- as.data.frame(VarCorr(fitted(y ~ 1 + (1 | school), cbind(x, y = y))))$vcov; v[1] / sum(v) }
  list(change = describe(fitted(post - pre ~ 1 + (1 | school), x), "(Intercept)"), three = describe(three, "wave"),
       icc = c(icc(x$pre), icc(x$post)))
}
out <- list(language = one("language_pre", "language_post"), arithmetic = one("arithmetic_pre", "arithmetic_post"))
out$versions <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                     lmerTest = as.character(packageVersion("lmerTest")), pbkrtest = as.character(packageVersion("pbkrtest")))
write_json(out, "dutch.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
