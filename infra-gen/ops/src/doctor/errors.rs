//! Did functions fail, or were they throttled?

use super::{
    Check, Finding, Site,
    metrics::{PERIOD, Point, Series, Wanted},
};
use crate::{Problem, console::count};

const NAME: &str = "function errors";

pub(crate) fn wanted(site: &Site<'_>) -> Vec<(String, [Wanted; 2])> {
    let functions = site.target.model.functions.iter().map(|function| site.target.function_name(function));
    functions
        .map(|function| {
            let metrics = ["Errors", "Throttles"].map(|name| Wanted {
                namespace: "AWS/Lambda",
                name,
                statistic: "Sum",
                dimensions: vec![("FunctionName", function.clone())],
            });
            (function, metrics)
        })
        .collect()
}

pub(crate) fn judge(functions: &[(String, [Wanted; 2])], series: &Result<Series, Problem>) -> Check {
    let series = match series {
        Ok(series) => series,
        Err(problem) => return Check::unseen(NAME, problem.clone()),
    };
    let findings = functions.iter().flat_map(|(function, metrics)| {
        let [errors, throttles] =
            metrics.each_ref().map(|wanted| series.get(wanted).map_or(&[][..], Vec::as_slice));
        [failed(function, errors), throttled(function, throttles)].into_iter().flatten()
    });
    Check::new(
        NAME,
        format!("none of {} in the last hour", count(functions.len(), "function")),
        findings.collect(),
    )
}

/// How often in the hour, and whether it goes on.
fn told(points: &[Point]) -> Option<(f64, bool)> {
    let times: f64 = points.iter().map(|point| point.value).sum();
    let goes_on = points.iter().any(|point| point.is_recent() && point.value > 0.0);
    (times > 0.0).then_some((times, goes_on))
}

fn failed(function: &str, points: &[Point]) -> Option<Finding> {
    let (times, goes_on) = told(points)?;
    let finding = finding(goes_on, &format!("{function} failed {} in the last hour", often(times)));
    Some(
        finding
            .because("it answered with an error, ran out of time or memory, or ended")
            .help(format!("aws logs tail /aws/lambda/{function} --since 1h --filter-pattern ERROR")),
    )
}

fn throttled(function: &str, points: &[Point]) -> Option<Finding> {
    let (times, goes_on) = told(points)?;
    let finding = finding(goes_on, &format!("{function} was throttled {} in the last hour", often(times)));
    Some(
        finding
            .because("the account's concurrency, or the function's own, was used up")
            .help(format!(
                "aws lambda put-function-concurrency --function-name {function} \
                 --reserved-concurrent-executions 500"
            ))
            .help("see what the account has: aws lambda get-account-settings --query AccountLimit"),
    )
}

fn often(times: f64) -> String {
    if times <= 1.0 { "once".into() } else { format!("{times} times") }
}

fn finding(goes_on: bool, what: &str) -> Finding {
    if goes_on {
        Finding::bad(format!("{what}, and it goes on"))
    } else {
        Finding::warning(format!("{what}; not in the last {} minutes", 2 * PERIOD / 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    /// Ages in seconds, with numbers.
    fn judged(errors: &[(i64, f64)], throttles: &[(i64, f64)]) -> Check {
        let points =
            |points: &[(i64, f64)]| points.iter().map(|&(age, value)| Point { age, value }).collect();
        let metrics = ["Errors", "Throttles"].map(|name| Wanted {
            namespace: "AWS/Lambda",
            name,
            statistic: "Sum",
            dimensions: vec![("FunctionName", "submit".into())],
        });
        let series =
            Series::from([(metrics[0].clone(), points(errors)), (metrics[1].clone(), points(throttles))]);
        judge(&[("submit".to_owned(), metrics)], &Ok(series))
    }

    #[test]
    fn errors_that_go_on_are_bad_and_those_that_ended_a_warning() {
        assert_eq!(
            judged(&[(400, 2.0), (900, 1.0)], &[]).summary(),
            "submit failed 3 times in the last hour, and it goes on"
        );
        assert_eq!(judged(&[(100, 2.0)], &[]).verdict(), Verdict::Bad);
        assert_eq!(judged(&[(100, 0.0), (1500, 2.0)], &[]).verdict(), Verdict::Warning);
        assert_eq!(judged(&[(3000, 2.0)], &[]).verdict(), Verdict::Warning, "nobody called it since");
    }

    #[test]
    fn throttles_lead_to_the_concurrency() {
        let check = judged(&[], &[(100, 1.0)]);
        assert_eq!(check.summary(), "submit was throttled once in the last hour, and it goes on");
        assert!(check.findings[0].help[0].contains("put-function-concurrency"), "{check:?}");
    }

    #[test]
    fn a_function_that_nobody_called_has_no_errors() {
        assert_eq!(judged(&[], &[]).verdict(), Verdict::Ok);
    }
}
