//! A drawn study analysed by a primary method.

use super::draw::Scores;
use super::summary::Drawn;
use crate::analysis::findings::Method;
use crate::analysis::planning::{PlannedDesign, Quantity, Values};
use crate::impact::absorb::fit_within;
use crate::impact::ancova::{AncovaData, PRETEST, ancova};
use crate::impact::classical::{paired_t, welch_t};
use crate::impact::did::{PROGRAM, stratum_columns};
use crate::impact::ols::Design;
use crate::impact::power_designs::{PlannedError, with_link};
use crate::impact::resampling::{ResamplingOptions, ResamplingTest};
use crate::impact::unclustered::ancova_classical;
use crate::impact::vcov::{Adjustment, cluster_test};
use crate::impact::working::fit_random_intercept;
use crate::impact::{Arm, CoefTest, ImpactError, cluster_mean, clusters, did, permutation, sign_flip};
use crate::num::{NumError, dist};

/// Estimate, interval and p of one study.
///
/// # Errors
/// As the kernel of the method; `OutOfRange` for a method without a simulation.
pub(super) fn test(
    method: Method,
    design: PlannedDesign,
    scores: &Scores,
    alpha: f64,
) -> Result<Drawn, ImpactError> {
    let Scores { pre, post, cluster, arm, stratum } = scores;
    let changes: Vec<f64> = pre.iter().zip(post).map(|(pre, post)| post - pre).collect();
    let of_schools = || match design {
        PlannedDesign::CrossSections => cluster_mean::unlinked_changes(pre, cluster, post, cluster, alpha),
        _ => cluster_mean::linked_changes(pre, post, cluster, alpha),
    };
    let found = match method {
        Method::ClusterMeanT => cluster_mean::test_mean_change(&of_schools()?, alpha)?,
        Method::StudentCr2 => cluster_mean::test_student_mean(&changes, cluster, alpha)?,
        Method::PairedT => paired_t(pre, post, alpha)?,
        Method::DidWelch => {
            let of = |wanted: Arm| -> Vec<f64> {
                changes
                    .iter()
                    .zip(arm)
                    .filter(|(_, own)| **own == wanted)
                    .map(|(change, _)| *change)
                    .collect()
            };
            welch_t(&of(Arm::Program), &of(Arm::Comparison), alpha)?
        }
        Method::AncovaOls => ancova_classical(post, pre, arm, alpha)?,
        Method::DidClusterCr2 if !stratum.is_empty() => {
            did::did_schools_within(&changes, arm, cluster, stratum, alpha)?
        }
        Method::DidClusterCr2 => did::did_schools(&changes, arm, cluster, alpha)?.cr2,
        Method::DidClusterPooled => did::did_schools(&changes, arm, cluster, alpha)?.pooled,
        Method::DidStudentCr2 => did::did_students(&changes, arm, cluster, alpha)?,
        Method::AncovaWorking => {
            let fit = fit_random_intercept(&adjusted(scores)).map_err(ImpactError::from)?.fit;
            cluster_test(&fit, &fit.contrast(&[(PROGRAM, 1.0)])?, Adjustment::Cr2, alpha)?
        }
        Method::AncovaWithin => {
            let fit = fit_within(&adjusted(scores), &[cluster])?.fit;
            cluster_test(&fit, &fit.contrast(&[(PROGRAM, 1.0)])?, Adjustment::Cr2, alpha)?
        }
        Method::AncovaCr2 => ancova(&AncovaData { post, pre, arm, cluster, covariates: &[] }, alpha)?.effect,
        Method::SignFlip => {
            let means: Vec<f64> = of_schools()?.iter().map(|school| school.change).collect();
            return Ok(permuted(&sign_flip::sign_flip_test(&means, ResamplingOptions::default())?));
        }
        Method::SchoolPermutation => {
            let schools = clusters::cluster_means(&changes, cluster)?;
            let arms = did::cluster_arms(arm, cluster, &schools)?;
            let means: Vec<f64> = schools.iter().map(|school| school.mean).collect();
            let options = ResamplingOptions::default();
            let of = |school: usize| cluster.iter().position(|own| *own == school).map(|row| stratum[row]);
            let test = if stratum.is_empty() {
                permutation::permutation_test(&means, &arms, options)?
            } else {
                let strata: Vec<usize> = schools.iter().filter_map(|school| of(school.cluster)).collect();
                permutation::permutation_within(&means, &arms, &strata, options)?
            };
            return Ok(permuted(&test));
        }
        Method::StudentPermutation => {
            let options = ResamplingOptions::default();
            return Ok(permuted(&permutation::permutation_within(&changes, arm, cluster, options)?));
        }
        _ => return Err(NumError::NotConverged { routine: "simulation of this method" }.into()),
    };
    Ok(of_test(&found))
}

/// The last score on arm, pretest and strata.
fn adjusted(scores: &Scores) -> Design {
    let program: Vec<f64> = scores.arm.iter().map(|arm| arm.indicator()).collect();
    let design =
        Design::new(&scores.post, &scores.cluster).with(PROGRAM, &program).with(PRETEST, &scores.pre);
    let strata = if scores.stratum.is_empty() { Vec::new() } else { stratum_columns(&scores.stratum) };
    strata.iter().fold(design, |design, column| design.with(&column.name, &column.values))
}

impl Drawn {
    /// With the error of the link, as the analysis of a measure adds it.
    ///
    /// # Errors
    /// As [`with_link`].
    pub(super) fn with_link(self, values: &Values, alpha: f64) -> Result<Drawn, ImpactError> {
        let of = |quantity: Quantity| values.get(&quantity).copied().unwrap_or_default();
        let (Some(se), Some(df), true) = (self.se, self.df, of(Quantity::LinkError) > 0.0) else {
            return Ok(self);
        };
        let total = with_link(PlannedError { se, df }, of(Quantity::LinkError), of(Quantity::LinkItems))?;
        let half = dist::t_critical(alpha, total.df)? * total.se;
        Ok(Drawn {
            estimate: self.estimate,
            se: Some(total.se),
            df: Some(total.df),
            ci: Some([self.estimate - half, self.estimate + half]),
            p: dist::t_two_sided_p(self.estimate / total.se, total.df)?,
        })
    }
}

fn of_test(test: &CoefTest) -> Drawn {
    Drawn {
        estimate: test.estimate,
        se: Some(test.se),
        df: Some(test.df),
        ci: Some([test.ci.low, test.ci.high]),
        p: test.p,
    }
}

/// A test by permutation has no standard error and no interval.
fn permuted(test: &ResamplingTest) -> Drawn {
    Drawn { estimate: test.statistic, se: None, df: None, ci: None, p: test.p }
}
