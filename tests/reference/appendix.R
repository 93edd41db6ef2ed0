# Reference values for the classical appendix, the corrections of families and the plain translations.
# Run in this folder, with the scores of the demo study made by
#   dampak score ../../datasets/pop-smp-comparison --out scores.csv
# Rscript appendix.R scores.csv   (writes appendix.json: data, results and package versions)
suppressMessages({ library(jsonlite); library(nortest); library(car); library(clubSandwich) })
set.seed(20261123)
scores <- read.csv(commandArgs(TRUE)[1], check.names = FALSE, colClasses = c(person = "character"))
linked <- function(column) {
  at <- function(w) { s <- scores[scores$respondent == "student" & scores$wave == w, c("person", "school", "arm", column)]
    names(s)[4] <- w; s }
  both <- merge(at("pre"), at("post")[, c("person", "post")], by = "person")
  both[complete.cases(both), ]
}
t_of <- function(x) list(estimate = unname(if (length(x$estimate) == 2) x$estimate[1] - x$estimate[2] else x$estimate),
  se = x$stderr, t = unname(x$statistic), df = unname(x$parameter), p = x$p.value, low = x$conf.int[1], high = x$conf.int[2])
one_arm <- function(d, max) {
  change <- round(d$post - d$pre, 9)
  ranks <- rank(abs(change[change != 0])); signs <- sign(change[change != 0])
  exact <- length(change) < 50 && !any(duplicated(abs(change))) && all(change != 0)
  w <- wilcox.test(change, correct = FALSE, exact = exact)
  n <- length(ranks)
  ties <- table(ranks)
  z <- (sum(ranks[signs > 0]) - n * (n + 1) / 4) / sqrt(n * (n + 1) * (2 * n + 1) / 24 - sum(ties^3 - ties) / 48)
  sw <- shapiro.test(d$post - d$pre); li <- lillie.test(d$post - d$pre)
  out <- list(shapiro = list(statistic = unname(sw$statistic), p = sw$p.value),
    lilliefors = list(statistic = unname(li$statistic), p = li$p.value),
    paired = c(t_of(t.test(d$post, d$pre, paired = TRUE)), sd = sd(d$post - d$pre)),
    wilcoxon = list(statistic = unname(w$statistic), p = w$p.value, z = z, exact = exact, negative = sum(change < 0),
      positive = sum(change > 0), equal = sum(change == 0), negative_rank = mean(ranks[signs < 0]),
      positive_rank = mean(ranks[signs > 0])))
  if (!is.na(max)) {
    g <- (mean(d$post) - mean(d$pre)) / (max - mean(d$pre))
    own <- ((d$post - d$pre) / (max - d$pre))[d$pre < max]
    linear <- g + ((d$post - d$pre) - g * (max - d$pre)) / (max - mean(d$pre))
    ci <- conf_int(lm(linear ~ 1), vcov = vcovCR(lm(linear ~ 1), cluster = d$school, type = "CR2"), test = "Satterthwaite")
    change_of <- ifelse(d$post > d$pre, (d$post - d$pre) / (max - d$pre), ifelse(d$post < d$pre, (d$post - d$pre) / d$pre, 0))
    none <- d$post == d$pre & (d$pre == 0 | d$pre == max)
    out$gain <- list(class_average = g, low = ci$CI_L, high = ci$CI_U, df = ci$df, mean_individual = mean(own),
      bands = as.integer(table(cut(own, c(-Inf, .3, .7, Inf), right = FALSE))), mean_change = mean(change_of[!none]),
      at_maximum = sum(d$pre == max), no_change = sum(none))
    better <- (change > 0) + .5 * (change == 0)
    fit <- lm(better ~ 1)
    ci <- conf_int(fit, vcov = vcovCR(fit, cluster = d$school, type = "CR2"), test = "Satterthwaite")
    out$improved <- list(share = mean(better), low = ci$CI_L, high = ci$CI_U, df = ci$df)
  }
  out
}
two_arms <- function(d) {
  # equal percentages must tie, whatever their last digit
  d$gain <- round(d$post - d$pre, 9)
  d$post <- round(d$post, 9)
  d$arm <- factor(d$arm, c("program", "pembanding"))
  levene <- function(center) { x <- leveneTest(gain ~ arm, d, center = center); list(f = x$`F value`[1], df = x$Df, p = x$`Pr(>F)`[1]) }
  compare <- function(v) {
    a <- d[[v]][d$arm == "program"]; b <- d[[v]][d$arm != "program"]
    exact <- length(a) < 50 && length(b) < 50 && !any(duplicated(c(a, b)))
    w <- wilcox.test(a, b, correct = FALSE, exact = exact)
    r <- rank(c(a, b)); n <- length(r); ties <- table(r)
    u <- unname(w$statistic); m <- length(a) * length(b)
    z <- (u - m / 2) / sqrt(m / 12 * ((n + 1) - sum(ties^3 - ties) / (n * (n - 1))))
    list(welch = t_of(t.test(a, b)), pooled = t_of(t.test(a, b, var.equal = TRUE)),
      mann_whitney = list(u = min(u, m - u), p = w$p.value, z = z, exact = exact,
        mean_rank = c(mean(r[seq_along(a)]), mean(r[-seq_along(a)]))))
  }
  list(levene_mean = levene(mean), levene_median = levene(median), gain = compare("gain"), post = compare("post"),
    program = NULL)
}
reference <- function(d, max) {
  arms <- split(d, d$arm)
  list(data = as.list(d), arms = lapply(arms, one_arm, max = max), between = two_arms(d))
}
numeracy <- linked("numeracy-smp/total")
measure <- linked("numeracy-smp/measure/wle")
small <- do.call(rbind, lapply(split(measure, measure$school), head, 2))
small <- do.call(rbind, lapply(split(small, small$arm), head, 12))

# families: paired t of ten persons in each of seven outcomes, then p.adjust
pre <- matrix(round(rnorm(140, 50, 10), 1), 20)
post <- round(pre + rep(c(0, 2, 3.5, 4.5, 1, 3, 5), each = 20) + rnorm(140, 0, 6), 1)
p <- sapply(1:7, function(j) t.test(post[, j], pre[, j], paired = TRUE)$p.value)
adjusted <- function(p) list(holm = p.adjust(p, "holm"), hochberg = p.adjust(p, "hochberg"), bh = p.adjust(p, "BH"))
families <- list(pre = t(pre), post = t(post), p = p, achievement = adjusted(p[1:4]), exploratory = adjusted(p[5:7]))

versions <- lapply(c("nortest", "car", "clubSandwich"), function(x) as.character(packageVersion(x)))
names(versions) <- c("nortest", "car", "clubSandwich")
write_json(list(versions = c(R = paste(R.version$major, R.version$minor, sep = "."), versions),
  numeracy = reference(numeracy, 100), small = reference(small, NA), families = families),
  "appendix.json", digits = NA, auto_unbox = TRUE, null = "null")
