//! Item response models against the reference values of R packages (TAM, mirt, eRm, psychotools) on real
//! data. The files stay outside the project (`../shared`); every comparison says so loudly and passes when
//! they are absent. Each tolerance stands beside its comparison, and the worst difference of every quantity
//! is printed as a table when all have run (`cargo test --test irt_reference -- --nocapture`).

#[allow(dead_code)]
#[path = "irt/brute.rs"]
mod brute;
#[path = "irt/conditional.rs"]
mod conditional;
#[path = "irt/fit_statistics.rs"]
mod fit_statistics;
#[path = "irt/marginal.rs"]
mod marginal;
#[path = "irt/mirt.rs"]
mod mirt;
#[path = "irt/peers.rs"]
mod peers;
#[path = "irt/populations.rs"]
mod populations;
