//! The item response kernel against plain code: brute-force integrals, enumerated patterns, differences for
//! derivatives, identities between models, and the outcomes of data at the edge. All answers are simulated
//! from a seeded generator; no file is read.

#[path = "irt/brute.rs"]
mod brute;
#[path = "irt/conditioned.rs"]
mod conditioned;
#[path = "irt/edges.rs"]
mod edges;
#[path = "irt/identities.rs"]
mod identities;
#[path = "irt/likelihoods.rs"]
mod likelihoods;
#[path = "irt/links.rs"]
mod links;
#[path = "irt/persons.rs"]
mod persons;
#[path = "irt/simulated.rs"]
mod simulated;
