# Reference values for probity.stats from base R, which shares no code with scipy.
# Written with R version 4.2.2 Patched (2022-11-10 r83330). Run it in this directory:
#     Rscript statistics.R
# It writes the CSV files beside it, which the tests in tests/anchors read.

options(digits = 17, scipen = 0, warn = -1)

write <- function(rows, file) {
  table <- do.call(rbind, rows)
  for (name in names(table)) {
    if (is.numeric(table[[name]])) {
      table[[name]] <- trimws(formatC(table[[name]], digits = 17, format = "g"))
    }
  }
  write.csv(table, file, row.names = FALSE, quote = FALSE)
}

# One proportion -------------------------------------------------------------------------------
# Clopper-Pearson by binom.test (by qbeta, its definition, beyond what binom.test takes), Wilson by
# prop.test without correction, Jeffreys by qbeta with the end corrections of Brown et al. 2001.
counts <- list(
  c(0, 1), c(1, 1), c(0, 10), c(1, 10), c(4, 10), c(10, 10), c(7, 20), c(0, 6000), c(7, 41176),
  c(10, 2077), c(10, 3147436), c(549, 962), c(2077, 3147436), c(3147430, 3147436),
  c(123, 1e12), c(5e11, 1e12)
)
rows <- list()
for (count in counts) for (level in c(0.9, 0.95, 0.99)) {
  k <- count[1]; n <- count[2]; tail <- (1 - level) / 2
  exact <- if (n < 1e9) binom.test(k, n, conf.level = level)$conf.int else
    c(qbeta(tail, k, n - k + 1), qbeta(tail, k + 1, n - k, lower.tail = FALSE))
  score <- prop.test(k, n, conf.level = level, correct = FALSE)$conf.int
  jeffreys <- c(
    if (k == 0) 0 else qbeta(tail, k + 0.5, n - k + 0.5),
    if (k == n) 1 else qbeta(tail, k + 0.5, n - k + 0.5, lower.tail = FALSE)
  )
  rows[[length(rows) + 1]] <- data.frame(
    k = k, n = n, level = level,
    clopper_pearson_low = exact[1], clopper_pearson_high = exact[2],
    wilson_low = score[1], wilson_high = score[2],
    jeffreys_low = jeffreys[1], jeffreys_high = jeffreys[2]
  )
}
write(rows, "proportions.csv")

# Event rates and their ratio ------------------------------------------------------------------
rows <- list()
for (events in list(c(0, 1), c(1, 1), c(3, 2.5), c(10, 203), c(962, 1234.5), c(250000, 17)))
  for (level in c(0.9, 0.95, 0.99)) {
    interval <- poisson.test(events[1], events[2], conf.level = level)$conf.int
    rows[[length(rows) + 1]] <- data.frame(
      k = events[1], exposure = events[2], level = level, low = interval[1], high = interval[2]
    )
  }
write(rows, "event_rates.csv")

rows <- list()
for (pair in list(
  c(11, 800, 23, 3000), c(0, 10, 4, 20), c(4, 10, 0, 20), c(41, 28010, 15, 19017), c(3, 5, 3, 5)
)) for (level in c(0.9, 0.95)) {
  test <- poisson.test(pair[c(1, 3)], pair[c(2, 4)], conf.level = level)
  rows[[length(rows) + 1]] <- data.frame(
    k_a = pair[1], exposure_a = pair[2], k_b = pair[3], exposure_b = pair[4], level = level,
    value = unname(test$estimate), low = test$conf.int[1], high = test$conf.int[2]
  )
}
write(rows, "event_rate_ratios.csv")

# Tests of groups ------------------------------------------------------------------------------
groups <- list(
  list(c(7, 2), c(12, 17)), list(c(9, 3), c(10, 10)), list(c(0, 7), c(1333, 1333)),
  list(c(10, 12), c(3147436, 900000)), list(c(0, 3, 4), c(800, 700, 900)),
  list(c(3, 0, 1, 5), c(9, 12, 8, 10)), list(c(22, 6, 5), c(300, 290, 310)),
  list(c(2, 1, 4, 0, 0, 0), c(40, 40, 40, 40, 40, 40)), list(c(5, 5, 5), c(5, 5, 6)),
  list(c(6, 10, 2, 8, 4), c(15, 14, 16, 15, 12))
)
rows <- list()
for (group in groups) {
  table <- rbind(group[[1]], group[[2]] - group[[1]])
  rows[[length(rows) + 1]] <- data.frame(
    cases = paste(group[[1]], collapse = " "),
    sizes = paste(formatC(group[[2]], format = "d"), collapse = " "),
    p_value = fisher.test(table, workspace = 2e7)$p.value
  )
}
write(rows, "groups.csv")

# Power of one sample --------------------------------------------------------------------------
# Sum of dbinom over every k whose Clopper-Pearson interval clears the limit.
rows <- list()
for (case in list(
  c(200, 0.05, 0.1), c(1000, 0.05, 0.1), c(54, 0.3, 0.5), c(72, 0, 0.05), c(60000, 1 / 33000, 1 / 6000)
)) {
  n <- case[1]; k <- 0:n
  below <- qbeta(0.025, k + 1, n - k, lower.tail = FALSE) < case[3] & k < n
  rows[[length(rows) + 1]] <- data.frame(
    n = n, rate = case[2], limit = case[3], side = "below",
    power = sum(dbinom(k[below], n, case[2]))
  )
  above <- qbeta(0.025, k, n - k + 1) > 1 - case[3] & k > 0
  rows[[length(rows) + 1]] <- data.frame(
    n = n, rate = 1 - case[2], limit = 1 - case[3], side = "above",
    power = sum(dbinom(k[above], n, 1 - case[2]))
  )
}
write(rows, "power.csv")

# Deployments that are not alike ---------------------------------------------------------------
# Beta-binomial by optim over (logit mean, log spread), its profile interval by uniroot; and the
# Korn-Graubard interval from its formula.
deployments <- list(
  list(c(3, 0, 7, 1, 9, 2, 5, 0, 4, 12), c(40, 25, 60, 30, 35, 28, 44, 19, 33, 50)),
  list(c(0, 1, 0, 0, 4, 0, 0, 2, 0, 0, 0, 1), c(9, 15, 8, 12, 22, 10, 7, 14, 11, 13, 9, 10) * 1000),
  list(c(18, 3, 11, 20, 9), c(20, 20, 20, 20, 20))
)
rows <- list()
for (deployment in deployments) {
  k <- deployment[[1]]; n <- deployment[[2]]
  minus_log_likelihood <- function(logit_mean, log_spread) {
    a <- plogis(logit_mean) / exp(log_spread); b <- plogis(-logit_mean) / exp(log_spread)
    -sum(lchoose(n, k) + lbeta(k + a, n - k + b) - lbeta(a, b))
  }
  best <- optim(
    c(qlogis(sum(k) / sum(n)), log(1 / mean(n))), function(x) minus_log_likelihood(x[1], x[2]),
    control = list(reltol = 1e-15, maxit = 10000)
  )
  excess <- function(logit_mean) {
    optimize(function(s) minus_log_likelihood(logit_mean, s), c(-16, 6), tol = 1e-10)$objective -
      best$value - qchisq(0.95, 1) / 2
  }
  at <- best$par[1]
  m <- length(n); p <- sum(k) / sum(n)
  variance <- m / (m - 1) * sum((k - p * n)^2) / sum(n)^2
  effective <- min(sum(n), p * (1 - p) / variance * (qnorm(0.975) / qt(0.975, m - 1))^2)
  x <- p * effective
  rows[[length(rows) + 1]] <- data.frame(
    cases = paste(k, collapse = " "), sizes = paste(n, collapse = " "),
    mean = plogis(at), spread = exp(best$par[2]), log_likelihood = -best$value,
    log_likelihood_binomial = sum(dbinom(k, n, p, log = TRUE)),
    low = plogis(uniroot(excess, c(at - 6, at), tol = 1e-12)$root),
    high = plogis(uniroot(excess, c(at, at + 6), tol = 1e-12)$root),
    korn_graubard_low = qbeta(0.025, x, effective - x + 1),
    korn_graubard_high = qbeta(0.975, x + 1, effective - x)
  )
}
write(rows, "deployments.csv")
