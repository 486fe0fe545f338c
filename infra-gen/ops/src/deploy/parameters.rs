//! The root stack's parameters: what the tool sets, what a person says, and what stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::Parameter;
use manifest::close::did_you_mean;
use serde_json::Value;

use super::{bucket::Bucket, zips::Zip};
use crate::{Problem, target::Target};

/// A parameter that the tool sets by itself, and what sets it.
const OWN: [(&str, &str); 2] =
    [("Environment", "--env sets it"), ("ArtifactBucket", "--bucket or --bootstrap-bucket sets it")];

/// `--parameter Key=Value`, read.
pub(crate) fn read(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it has no `=`: write Key=Value")?;
    if key.is_empty() {
        return Err("it has no name before the `=`: write Key=Value".into());
    }
    Ok((key.to_owned(), value.to_owned()))
}

/// Checks what a person says against the root's template.
///
/// # Errors
/// A name or a value that the template doesn't have.
pub(crate) fn check(given: &[(String, String)], root: &Value) -> Result<(), Problem> {
    let declared = root["Parameters"].as_object();
    for (key, value) in given {
        if let Some((_, why)) = OWN.iter().find(|(own, _)| own == key) {
            return Err(Problem::bad_input(format!("--parameter {key} can't be given: {why}")));
        }
        let Some(parameter) = declared.and_then(|declared| declared.get(key)) else {
            let known = declared.into_iter().flat_map(|declared| declared.keys().map(String::as_str));
            return Err(Problem::bad_input(format!("the stack has no parameter `{key}`"))
                .help(did_you_mean(key, "parameters", known)));
        };
        if key.ends_with("Code") {
            return Err(Problem::bad_input(format!("--parameter {key} can't be given"))
                .note("it says where the functions' zips are, and they are uploaded under names of their own")
                .help("deploy other zips: --zips DIR"));
        }
        let allowed: Vec<&str> =
            parameter["AllowedValues"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !allowed.is_empty() && !allowed.contains(&value.as_str()) {
            return Err(Problem::bad_input(format!("the parameter {key} can't be `{value}`"))
                .help(did_you_mean(value, "values", allowed.iter().copied())));
        }
    }
    Ok(())
}

/// What a parameter will be: as it is given, else as it is deployed.
pub(super) fn value<'a>(
    given: &'a [(String, String)],
    deployed: &'a BTreeMap<String, String>,
    name: &str,
) -> &'a str {
    let given = given.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
    given.or_else(|| deployed.get(name)).map_or("", String::as_str)
}

/// Checks that the zones that are named are enough, and of this Region.
///
/// # Errors
/// They aren't; CloudFormation would say so in the midst of a deployment.
pub(crate) fn check_zones(
    given: &[(String, String)],
    deployed: &BTreeMap<String, String>,
    environment: &model::Environment,
    region: &str,
) -> Result<(), Problem> {
    let zones = value(given, deployed, "AvailabilityZones");
    if zones.is_empty() {
        return Ok(());
    }
    let named: BTreeSet<&str> = zones.split(',').collect();
    let problem = if let Some(other) = named.iter().find(|zone| !zone.starts_with(region)) {
        Problem::bad_input(format!("`{other}` of AvailabilityZones is no zone of {region}"))
    } else if named.len() < environment.zones.into() {
        Problem::bad_input(format!(
            "AvailabilityZones names {}, and {} has {}",
            named.len(),
            environment.name,
            environment.zones
        ))
    } else {
        return Ok(());
    };
    Err(problem
        .note("the zones are separated by commas, without spaces: us-east-1a,us-east-1b")
        .help(format!("look which there are: aws ec2 describe-availability-zones --region {region}")))
}

/// Every parameter of the new template whose value is known, as the change set makes it.
pub(crate) fn values(
    target: &Target,
    bucket: &Bucket,
    zips: &[Zip],
    given: &[(String, String)],
    deployed: &BTreeMap<String, String>,
    root: &Value,
) -> BTreeMap<String, String> {
    let declared = |name: &str| root["Parameters"].get(name).is_some();
    let key = |function: &model::Function| {
        let zip = zips.iter().find(|zip| zip.function == function.name.name);
        zip.map_or_else(|| target.model.zip_key(function), |zip| zip.key.clone())
    };
    let mut values: BTreeMap<String, String> =
        deployed.iter().filter(|(name, _)| declared(name)).map(|(k, v)| (k.clone(), v.clone())).collect();
    values.extend(given.iter().cloned());
    values.extend(render::code_parameters(&target.model, key));
    values.insert("Environment".into(), target.environment.name.clone());
    values.insert("ArtifactBucket".into(), bucket.parameter.clone());
    values
}

/// As CloudFormation takes them: what is deployed already and stays is not said again.
pub(crate) fn as_request(
    values: &BTreeMap<String, String>,
    deployed: &BTreeMap<String, String>,
) -> Vec<Parameter> {
    let one = |(name, value): (&String, &String)| {
        let parameter = Parameter::builder().parameter_key(name);
        if deployed.get(name) == Some(value) {
            parameter.use_previous_value(true).build()
        } else {
            parameter.parameter_value(value).build()
        }
    };
    values.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn given(key: &str, value: &str) -> Vec<(String, String)> {
        vec![(key.into(), value.into())]
    }

    #[test]
    fn a_slip_is_told_with_what_is_close() {
        let root = json!({ "Parameters": {
            "Environment": {}, "EdgeCode": {}, "ExistingClusterArn": {},
            "TopicCreation": { "AllowedValues": ["stack", "outside"] },
        } });
        let problem = check(&given("ExistingClusterArm", "x"), &root).expect_err("there is none");
        assert!(problem.help[0].contains("ExistingClusterArn"), "{problem:?}");
        let problem = check(&given("TopicCreation", "outsid"), &root).expect_err("no such value");
        assert!(problem.help[0].contains("outside"), "{problem:?}");
        for own in ["Environment", "EdgeCode"] {
            check(&given(own, "x"), &root).expect_err("the tool sets it");
        }
        check(&given("TopicCreation", "outside"), &root).expect("it is right");
    }

    #[test]
    fn zones_are_enough_and_of_the_region() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../manifest/tests/good/orders.yaml");
        let model = manifest::read_file(manifest).unwrap_or_else(|errors| panic!("{errors:?}"));
        let environment = &model.environments[0];
        assert_eq!(environment.zones, 3);
        let check = |zones: &str| {
            check_zones(&given("AvailabilityZones", zones), &BTreeMap::new(), environment, "us-east-1")
        };
        check("").expect("the first three");
        check("us-east-1a,us-east-1b,us-east-1d").expect("three");
        for (zones, told) in [
            ("us-east-1a,us-east-1b", "names 2"),
            ("us-east-1a,us-east-1b,us-east-1b", "names 2"),
            ("us-east-1a,us-east-1b,eu-west-1c", "`eu-west-1c`"),
            ("us-east-1a, us-east-1b, us-east-1c", "` us-east-1b`"),
        ] {
            let problem = check(zones).expect_err(zones);
            assert!(problem.what.contains(told), "{problem:?}");
        }
    }

    #[test]
    fn what_is_deployed_is_kept_and_not_said_again() {
        let deployed = BTreeMap::from([("A".to_owned(), "1".to_owned()), ("B".to_owned(), "2".to_owned())]);
        let values = BTreeMap::from([("A".to_owned(), "1".to_owned()), ("B".to_owned(), "3".to_owned())]);
        let request = as_request(&values, &deployed);
        assert_eq!((request[0].use_previous_value(), request[0].parameter_value()), (Some(true), None));
        assert_eq!((request[1].use_previous_value(), request[1].parameter_value()), (None, Some("3")));
    }
}
