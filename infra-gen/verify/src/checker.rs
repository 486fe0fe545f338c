//! The checkers, and how each is run.

use std::fmt;

use clap::ValueEnum;
use serde::Serialize;

/// A checker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checker {
    /// The linter of the CloudFormation team.
    CfnLint,
    /// AWS's offline validation, as a library.
    CloudformationValidate,
    /// The validation in each `cdk synth` of a stack that embeds the templates, after `CfnInclude` has loaded them.
    CdkL1,
    /// The rule packs `AwsSolutions`, `Serverless`, NIST 800-53 r5, HIPAA and PCI DSS.
    CdkNag,
    /// Security checks of the cloud at large.
    Checkov,
    /// CloudFormation Guard, with the rules in `rules/` and AWS Control Tower's two for MSK.
    CfnGuard,
}

/// What a checker needs to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A virtual environment of its own with these requirements, and this script.
    Python { requirements: &'static str, script: &'static str },
    /// The packages that are shared by all that run in Node.js, and this script.
    Node { script: &'static str },
    /// The same packages, one of which carries the program.
    Guard,
}

impl Checker {
    /// All of them, in the order of the table.
    pub const ALL: &[Self] = &[
        Self::CfnLint,
        Self::CloudformationValidate,
        Self::CdkL1,
        Self::CdkNag,
        Self::Checkov,
        Self::CfnGuard,
    ];

    /// `cfn-lint`
    pub fn name(self) -> &'static str {
        match self {
            Self::CfnLint => "cfn-lint",
            Self::CloudformationValidate => "cloudformation-validate",
            Self::CdkL1 => "cdk-l1",
            Self::CdkNag => "cdk-nag",
            Self::Checkov => "checkov",
            Self::CfnGuard => "cfn-guard",
        }
    }

    /// How long it takes, relative to the others: the longest begin first.
    pub(crate) fn weight(self) -> u32 {
        match self {
            Self::CfnLint => 6,
            Self::Checkov => 5,
            Self::CdkL1 => 4,
            Self::CdkNag => 3,
            Self::CloudformationValidate => 2,
            Self::CfnGuard => 1,
        }
    }

    pub(crate) fn needs(self) -> Needs {
        match self {
            Self::CfnLint => Needs::Python {
                // The same pins as the lint of many manifests has.
                requirements: include_str!("../../../tests/full/requirements.txt"),
                script: "cfn_lint_run.py",
            },
            Self::CloudformationValidate => Needs::Python {
                requirements: include_str!("../tools/cloudformation-validate.txt"),
                script: "cloudformation_validate_run.py",
            },
            Self::Checkov => {
                Needs::Python { requirements: include_str!("../tools/checkov.txt"), script: "checkov_run.py" }
            }
            Self::CdkL1 => Needs::Node { script: "cdk_l1_run.mjs" },
            Self::CdkNag => Needs::Node { script: "cdk_nag_run.mjs" },
            Self::CfnGuard => Needs::Guard,
        }
    }
}

impl fmt::Display for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checker_has_one_name_everywhere() {
        for checker in Checker::ALL {
            assert_eq!(serde_json::json!(checker), checker.name());
            let value = checker.to_possible_value().expect("none is hidden");
            assert_eq!(value.get_name(), checker.name());
        }
    }
}
