# The ward model once more, in base R: Rscript tests/anchors/r/wards.R, from the root directory.
# Its figures are kept in tests/anchors/test_wards_in_r.py.
folder <- "src/probity/records/data/"
wards <- read.csv(paste0(folder, "london_wards.csv"))
given <- read.csv(paste0(folder, "deployment_wards.csv"))
wards$n <- as.integer(table(factor(given$ward_code_approx, levels = wards$ward_code)))
wards <- wards[!is.na(wards$crimes_2023_07_to_2025_06), ]
wards$black10 <- 10 * wards$black / wards$residents_2021
wards$crimes <- log2(wards$crimes_2023_07_to_2025_06)
wards$violence <- log2(wards$violence_offences_2023_07_to_2025_06)
wards$residents <- log2(wards$residents_2021)
show <- function(name, x) cat(name, formatC(x, digits = 8, format = "g"), "\n")
show("wards, with any, deployments", c(nrow(wards), sum(wards$n > 0), sum(wards$n)))

boroughs <- function(data) sort(unique(data$borough))
cv3 <- function(data, coefficient) {
  b <- coefficient(data)
  without <- sapply(boroughs(data), function(x) coefficient(data[data$borough != x, ]))
  g <- length(without)
  reach <- qt(0.975, g - 1) * sqrt((g - 1) / g * sum((without - b)^2))
  exp(c(b, b - reach, b + reach))
}

for (offences in c("crimes", "violence")) {
  any <- function(data) {
    data$o <- data[[offences]]
    glm(n > 0 ~ black10 + o + residents, binomial, data, epsilon = 1e-12)
  }
  fit <- any(wards)
  show(paste(offences, "logistic coefficients"), coef(fit))
  show(paste(offences, "logistic log likelihood"), as.numeric(logLik(fit)))
  show(paste(offences, "odds ratio of share, CV3"), cv3(wards, function(d) coef(any(d))[["black10"]]))
  fall <- function(b) {
    wards$o <- wards[[offences]]
    part <- glm(n > 0 ~ o + residents, binomial, wards, offset = b * black10, epsilon = 1e-12)
    as.numeric(logLik(fit) - logLik(part)) - qchisq(0.95, 1) / 2
  }
  b <- coef(fit)[["black10"]]
  show(paste(offences, "odds ratio of share, profile"), exp(c(
    uniroot(fall, c(b - 2, b), tol = 1e-10)$root, uniroot(fall, c(b, b + 2), tol = 1e-10)$root)))

  truncated <- function(data) {
    data <- data[data$n > 0, ]
    x <- cbind(1, data$black10, data[[offences]] - 12, data$residents - 13.6)
    minus <- function(p) {
      mu <- exp(drop(x %*% p[1:4]))
      size <- exp(-p[5])
      -sum(dnbinom(data$n, size = size, mu = mu, log = TRUE) -
             log1p(-dnbinom(0, size = size, mu = mu)))
    }
    found <- optim(c(0, 0, 0, 0, 0), minus, method = "BFGS", control = list(maxit = 5000, reltol = 1e-15))
    optim(found$par, minus, method = "Nelder-Mead", control = list(maxit = 20000, reltol = 1e-15))
  }
  fit2 <- truncated(wards)
  show(paste(offences, "truncated slopes, dispersion"), c(fit2$par[2:4], exp(fit2$par[5])))
  show(paste(offences, "truncated log likelihood"), -fit2$value)
  show(paste(offences, "rate ratio of share, CV3"),
       cv3(wards[wards$n > 0, ], function(d) truncated(d)$par[2]))
}
