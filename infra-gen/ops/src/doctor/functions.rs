//! Are the functions there, ready, and in the network that they need?

use std::collections::BTreeSet;

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{LastUpdateStatus, State, VpcConfigResponse};
use futures_util::FutureExt as _;
use model::{Function, Network};

use super::{Check, Finding, Site, all};
use crate::{
    aws::{Fault, Told as _},
    console::count,
    target::Target,
};

/// A function of the model, and what Lambda has of it.
#[derive(Debug)]
pub(crate) struct Configured<'a> {
    function: &'a Function,
    name: String,
    told: Result<GetFunctionConfigurationOutput, Fault>,
}

/// Where functions in the VPC belong; `None` where nobody could look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) subnets: Option<BTreeSet<String>>,
    pub(crate) group: Option<String>,
}

/// Asks Lambda for every function.
pub(crate) async fn describe<'a>(site: &'a Site<'_>) -> Vec<Configured<'a>> {
    all(site.target.model.functions.iter().map(|function| one(site, function).boxed()).collect()).await
}

async fn one<'a>(site: &'a Site<'_>, function: &'a Function) -> Configured<'a> {
    let name = site.target.function_name(function);
    let told = site.aws.lambda().get_function_configuration().function_name(&name).send().await.fault();
    Configured { function, name, told }
}

impl Configured<'_> {
    /// The security groups of its network interfaces.
    pub(crate) fn security_groups(&self) -> impl Iterator<Item = &str> {
        let config = self.told.as_ref().ok().and_then(GetFunctionConfigurationOutput::vpc_config);
        config.map(VpcConfigResponse::security_group_ids).unwrap_or_default().iter().map(String::as_str)
    }
}

/// Are they there and ready?
pub(crate) fn judge_states(target: &Target, functions: &[Configured<'_>]) -> Check {
    let findings = functions.iter().filter_map(|function| state(target, function)).collect();
    Check::new("functions", format!("{} ready", count(functions.len(), "function")), findings)
}

fn state(target: &Target, function: &Configured<'_>) -> Option<Finding> {
    let name = &function.name;
    let told = match &function.told {
        Ok(told) => told,
        Err(fault) if fault.is("ResourceNotFoundException") => {
            return Some(
                Finding::bad(format!("the function {name} is not there"))
                    .because("it was deleted, or the manifest has it and it was never deployed")
                    .help(target.make_good()),
            );
        }
        Err(fault) => return Some(Finding::unseen(&format!("look at the function {name}"), fault)),
    };
    let reason = |text: Option<&str>| text.map(|text| format!("Lambda says: {text}")).unwrap_or_default();
    match (told.state(), told.last_update_status()) {
        (Some(State::Failed), _) => Some(
            Finding::bad(format!("the function {name} can't run"))
                .because(reason(told.state_reason()))
                .help(again(function)),
        ),
        (_, Some(LastUpdateStatus::Failed)) => Some(
            Finding::bad(format!("the last update of the function {name} failed; it runs as it was before"))
                .because(reason(told.last_update_status_reason()))
                .help(again(function)),
        ),
        (Some(State::Pending), _) | (_, Some(LastUpdateStatus::InProgress)) => Some(
            Finding::warning(format!("the function {name} is being made ready"))
                .because("its network interfaces take up to some minutes")
                .help("wait, then look again")
                .passing(),
        ),
        // One that nobody called for weeks; the next call wakes it.
        _ => None,
    }
}

/// What has Lambda try once more: an update, if only to what the function has already.
fn again(function: &Configured<'_>) -> String {
    format!(
        "once that is mended: aws lambda update-function-configuration --function-name {} --timeout {}",
        function.name, function.function.timeout_seconds
    )
}

/// Are producers, and they alone, in the VPC?
pub(crate) fn judge_network(target: &Target, functions: &[Configured<'_>], place: &Place) -> Check {
    let inside = functions.iter().filter(|function| function.function.network == Network::Vpc).count();
    let mut findings: Vec<Finding> =
        functions.iter().filter_map(|function| network(target, function, place)).collect();
    if inside > 0 && (place.subnets.is_none() || place.group.is_none()) {
        findings.push(
            Finding::unknown("nobody knows whether the producers' subnets and group are the template's")
                .because("the stack's resources can't be listed: the local run has no network, or it isn't allowed")
                .help("allow cloudformation:DescribeStackResources"),
        );
    }
    let well = format!("{} in the VPC, {} outside", count(inside, "producer"), functions.len() - inside);
    Check::new("function network", well, findings)
}

fn network(target: &Target, function: &Configured<'_>, place: &Place) -> Option<Finding> {
    // That it isn't there is told elsewhere.
    let told = function.told.as_ref().ok()?;
    let name = &function.name;
    let config = told.vpc_config();
    let subnets: BTreeSet<String> =
        config.map(VpcConfigResponse::subnet_ids).unwrap_or_default().iter().cloned().collect();
    match (function.function.network, subnets.is_empty()) {
        (Network::Lambda, true) => None,
        (Network::Lambda, false) => Some(
            Finding::bad(format!("the function {name} is in the VPC"))
                .because("from in there it reaches neither the WebSocket API nor SNS: the VPC has no way out")
                .help(format!(
                    "aws lambda update-function-configuration --function-name {name} \
                     --vpc-config SubnetIds=[],SecurityGroupIds=[]"
                )),
        ),
        (Network::Vpc, true) => Some(
            Finding::bad(format!("the function {name} is not in the VPC"))
                .because("from outside it doesn't reach the brokers")
                .help(mend(target, name, place)),
        ),
        (Network::Vpc, false) => {
            let groups: Vec<&str> = function.security_groups().collect();
            let elsewhere = place.subnets.as_ref().is_some_and(|wanted| &subnets != wanted);
            let other_group = place.group.as_ref().is_some_and(|wanted| !groups.contains(&wanted.as_str()));
            (elsewhere || other_group).then(|| {
                let what = if other_group { "another security group" } else { "other subnets" };
                Finding::bad(format!("the function {name} has {what} than the template says"))
                    .because("it was changed by hand, and may no longer reach brokers, secrets or tables")
                    .help(mend(target, name, place))
            })
        }
    }
}

fn mend(target: &Target, name: &str, place: &Place) -> String {
    match (&place.subnets, &place.group) {
        (Some(subnets), Some(group)) => {
            let subnets: Vec<&str> = subnets.iter().map(String::as_str).collect();
            format!(
                "aws lambda update-function-configuration --function-name {name} \
                 --vpc-config SubnetIds={},SecurityGroupIds={group}",
                subnets.join(",")
            )
        }
        _ => target.make_good(),
    }
}

#[cfg(test)]
mod tests;
