//! What the measurement model and the comparisons of groups add to the verdict on an item.

use std::collections::BTreeMap;

use crate::analysis::findings::{DifClass, DifFindings, MeasurementFindings};
use crate::psych::dif::EtsClass;

/// Evidence by instrument and item, for all waves together.
#[derive(Clone, Debug, Default)]
pub struct ModelEvidence {
    dif: BTreeMap<(String, String), EtsClass>,
    mean_square: BTreeMap<(String, String), f64>,
}

impl ModelEvidence {
    /// Collects the gravest DIF class and the mean square farthest from 1 of every item. A class B counts where
    /// the likelihood-ratio test, corrected over the items of the comparison, finds a difference as well:
    /// of many comparisons some are B by chance. The comparison of waves is left to drift.
    pub fn of(measurement: &[MeasurementFindings], dif: &[DifFindings], alpha: f64) -> Self {
        let mut evidence = ModelEvidence::default();
        for found in dif.iter().filter(|found| found.variable != "wave") {
            for item in &found.items {
                let sure = item.adjusted_p.is_some_and(|p| p < alpha);
                let class = match item.class {
                    DifClass::C => EtsClass::C,
                    DifClass::B if sure => EtsClass::B,
                    _ => continue,
                };
                let known = evidence.dif.entry(key(&found.instrument, &item.item)).or_insert(class);
                *known = (*known).max(class);
            }
        }
        for scale in measurement {
            for item in scale.found.iter().flat_map(|found| &found.items) {
                let Some(fit) = item.fit else { continue };
                let off = |value: f64| (value - 1.0).abs();
                let worst = if off(fit.infit) > off(fit.outfit) { fit.infit } else { fit.outfit };
                evidence.mean_square.insert(key(&scale.instrument, &item.item), worst);
            }
        }
        evidence
    }

    /// Gravest DIF class of an item.
    pub(super) fn dif(&self, instrument: &str, item: &str) -> Option<EtsClass> {
        self.dif.get(&key(instrument, item)).copied()
    }

    /// Mean square of an item.
    pub(super) fn mean_square(&self, instrument: &str, item: &str) -> Option<f64> {
        self.mean_square.get(&key(instrument, item)).copied()
    }
}

fn key(instrument: &str, item: &str) -> (String, String) {
    (instrument.to_owned(), item.to_owned())
}
