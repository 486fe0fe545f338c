//! What is waived, why, and until when.

use std::{collections::BTreeSet, path::Path};

use jiff::{ToSpan as _, civil::Date};
use manifest::{Code, Diagnostic, Diagnostics, Document};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Checker, report::Finding};

/// Every waiver is looked at again at least this often, in years.
const LONGEST: i32 = 2;
/// What comes of a file that can't be read.
const UNREAD: &str = "nothing was checked";

/// What findings are waived, each with its reason and its last day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// The waivers; the first that fits a finding waives it.
    waivers: Vec<Waiver>,
}

/// One decision not to mend what checkers find.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Waiver {
    /// The rules, by checker. `*` stands for any characters, `\*` for a star.
    rules: Rules,
    /// The logical ids that it is for; left out, all.
    #[serde(default)]
    #[schemars(extend("minItems" = 1))]
    resources: Option<Vec<String>>,
    /// The templates that it is for, as `prod/edge.template.json`; left out, all.
    #[serde(default)]
    #[schemars(extend("minItems" = 1))]
    templates: Option<Vec<String>>,
    /// Why what is found is right as it is.
    #[schemars(extend(
        "pattern" = r"^\s*\S[\s\S]{38,}$",
        "patternErrorMessage" = "must say why, in a sentence that a reviewer can weigh",
        "examples" = ["API Gateway takes an authorizer on $connect alone, and it has one."],
    ))]
    reason: String,
    /// Its last day.
    #[schemars(extend(
        "pattern" = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "patternErrorMessage" = "must be a date",
        "examples" = ["2027-05-31"],
    ))]
    expires: String,
}

/// Rules, by checker.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[schemars(extend("minProperties" = 1))]
struct Rules {
    /// Rules of cfn-lint.
    cfn_lint: Vec<String>,
    /// Rules of AWS's cloudformation-validate.
    cloudformation_validate: Vec<String>,
    /// Rules of CDK's validation.
    cdk_l1: Vec<String>,
    /// Rules of cdk-nag's packs.
    cdk_nag: Vec<String>,
    /// Checks of checkov.
    checkov: Vec<String>,
    /// Rules of CloudFormation Guard.
    cfn_guard: Vec<String>,
}

impl Rules {
    fn of(&self, checker: Checker) -> &[String] {
        match checker {
            Checker::CfnLint => &self.cfn_lint,
            Checker::CloudformationValidate => &self.cloudformation_validate,
            Checker::CdkL1 => &self.cdk_l1,
            Checker::CdkNag => &self.cdk_nag,
            Checker::Checkov => &self.checkov,
            Checker::CfnGuard => &self.cfn_guard,
        }
    }
}

/// A pattern of the file, by its waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Rule(Checker, usize),
    Resource(usize),
    Template(usize),
}

/// The waivers file.
#[derive(Debug, Clone)]
pub struct Waivers {
    document: Document,
    list: Vec<Waiver>,
    used: BTreeSet<(usize, Part)>,
}

impl Waivers {
    /// Reads it; `path` is how messages name it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(path: &Path, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let (document, File { waivers: list }) = Document::read(path, bytes, "the waivers file", UNREAD)?;
        let waivers = Self { document, list, used: BTreeSet::new() };
        let mut faults = vec![];
        for (index, waiver) in waivers.list.iter().enumerate() {
            if let Err(error) = waiver.expires.parse::<Date>() {
                let message = format!("`{}` is no date: {error}", waiver.expires);
                faults.push(
                    waivers
                        .fault(Code::WaiverDate, index, &["expires"], None, message)
                        .label("no such day")
                        .help("write it as year, month and day: 2027-05-31"),
                );
            }
        }
        if faults.is_empty() { Ok(waivers) } else { Err(waivers.document.report(faults, UNREAD)) }
    }

    /// The reason why this finding of a template (`prod/edge.template.json`) is waived, if it is.
    pub fn reason(&mut self, checker: Checker, template: &str, finding: &Finding) -> Option<&str> {
        let (index, parts) = self.list.iter().enumerate().find_map(|(index, waiver)| {
            let rule = waiver.rules.of(checker).iter().position(|rule| fits(rule, &finding.rule))?;
            let resource = position(waiver.resources.as_deref(), &finding.resource)?;
            let template = position(waiver.templates.as_deref(), template)?;
            Some((index, [Part::Rule(checker, rule), Part::Resource(resource), Part::Template(template)]))
        })?;
        self.used.extend(parts.map(|part| (index, part)));
        Some(self.list[index].reason.trim())
    }

    /// Waivers that are over or last too long, and what waived nothing of all that these checkers found.
    pub fn faults(&self, today: Date, ran: &[Checker]) -> Option<Diagnostics> {
        let mut faults = vec![];
        for (index, waiver) in self.list.iter().enumerate() {
            faults.extend(self.date(today, index, &waiver.expires));
            for part in parts(waiver, ran) {
                if !self.used.contains(&(index, part)) {
                    faults.push(self.unused(index, part));
                }
            }
        }
        (!faults.is_empty()).then(|| self.document.report(faults, "waivers must be in time and of use"))
    }

    fn date(&self, today: Date, index: usize, expires: &str) -> Option<Diagnostic> {
        // That it is a date was seen when the file was read.
        let last = expires.parse::<Date>().ok()?;
        let longest = today.checked_add(LONGEST.years()).ok()?;
        if last < today {
            return Some(
                self.fault(
                    Code::WaiverExpired,
                    index,
                    &["expires"],
                    None,
                    format!("this waiver ended on {last}"),
                )
                .label(format!("today is {today}"))
                .help("mend what it waives; or weigh its reason anew, and give it another date"),
            );
        }
        (last > longest).then(|| {
            let message = format!("a waiver lasts at most {LONGEST} years");
            self.fault(Code::WaiverDate, index, &["expires"], None, message)
                .label(format!("{LONGEST} years from today are {longest}"))
                .help(format!("write `expires: {longest}` or an earlier day"))
        })
    }

    fn unused(&self, index: usize, part: Part) -> Diagnostic {
        let waiver = &self.list[index];
        let text = |list: Option<&[String]>, item: usize| -> String {
            list.and_then(|list| list.get(item)).cloned().unwrap_or_default()
        };
        let (key, item, message): (&[&str], _, _) = match part {
            Part::Rule(checker, item) => {
                let rule = text(Some(waiver.rules.of(checker)), item);
                (
                    &["rules", checker.name()],
                    item,
                    format!("{checker} finds nothing by `{rule}` that this waives"),
                )
            }
            Part::Resource(item) => {
                let id = text(waiver.resources.as_deref(), item);
                (&["resources"], item, format!("nothing is found on `{id}` that this waives"))
            }
            Part::Template(item) => {
                let path = text(waiver.templates.as_deref(), item);
                (&["templates"], item, format!("nothing is found in `{path}` that this waives"))
            }
        };
        self.fault(Code::WaiverUnused, index, key, Some(item), message)
            .label("waives nothing")
            .help("take it out: what it waived is mended, or waived above")
    }

    fn fault(
        &self,
        code: Code,
        index: usize,
        key: &[&str],
        item: Option<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        self.document.fault(code, ("waivers", index, key), item, message)
    }
}

/// What of a waiver has to be of use when these checkers ran.
fn parts(waiver: &Waiver, ran: &[Checker]) -> Vec<Part> {
    let rules =
        |checker: Checker| (0..waiver.rules.of(checker).len()).map(move |item| Part::Rule(checker, item));
    let mut parts: Vec<_> = ran.iter().copied().flat_map(rules).collect();
    let all_ran = Checker::ALL.iter().all(|one| ran.contains(one) || waiver.rules.of(*one).is_empty());
    // Of a waiver without use the rules are named, and not its places as well.
    if all_ran {
        parts.extend((0..waiver.resources.iter().flatten().count()).map(Part::Resource));
        parts.extend((0..waiver.templates.iter().flatten().count()).map(Part::Template));
    }
    parts
}

/// Which of these patterns fits; where there are none, any text does.
fn position(patterns: Option<&[String]>, text: &str) -> Option<usize> {
    patterns.map_or(Some(0), |patterns| patterns.iter().position(|pattern| fits(pattern, text)))
}

/// Whether a pattern fits the whole text; `*` stands for any characters, `\*` for a star.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| fits(rest, &text[at..]))
        }
        Some('\\') if pattern.starts_with("\\*") => {
            text.strip_prefix('*').is_some_and(|text| fits(&pattern[2..], text))
        }
        Some(first) => text.strip_prefix(first).is_some_and(|text| fits(&pattern[first.len_utf8()..], text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_an_escaped_one_a_star() {
        assert!(fits("*", "") && fits("*", "abc"));
        assert!(fits("dev/*.json", "dev/a.json") && !fits("dev/*.json", "prod/a.json"));
        assert!(fits("IAM5[Resource::\\*]", "IAM5[Resource::*]"));
        assert!(!fits("IAM5[Resource::\\*]", "IAM5[Resource::<Table>/*]"));
        assert!(fits("a*b*c", "a-b-b-c") && !fits("a*b*c", "a-c-b") && !fits("ab", "abc"));
        assert!(fits("é*", "éa") && !fits("e*", "éa"));
    }
}
