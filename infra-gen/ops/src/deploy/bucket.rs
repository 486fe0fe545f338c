//! The bucket that templates and zips are put into.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint,
    BucketVersioningStatus, CreateBucketConfiguration, ExpirationStatus, LifecycleRule, LifecycleRuleFilter,
    NoncurrentVersionExpiration, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging,
    VersioningConfiguration,
};
use aws_smithy_types::error::operation::BuildError;
use serde_json::json;

use crate::{
    Problem,
    aws::{Aws, Fault, Identity, Told as _, status},
    console::Console,
    target::Target,
};

/// Days that an old version of an object stays. Objects are named by content, so nothing needs one for long.
const OLD_VERSIONS: i32 = 30;
/// Days until the parts of an upload that broke off are removed.
const BROKEN_UPLOADS: i32 = 7;
/// The longest name that a bucket may have
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
const LONGEST: usize = 63;
/// The tag that is set when everything else is.
const READY: &str = "ops:artifacts";

/// Where templates and zips go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    /// What the root's parameter `ArtifactBucket` is: empty for the one of `cdk bootstrap`.
    pub(crate) parameter: String,
}

/// Which bucket is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The one that the stack has already, or else our own.
    Usual { deployed: Option<String> },
    /// This one.
    Named(String),
    /// The one that `cdk bootstrap` made.
    Bootstrap,
}

/// What a bucket's head says.
enum Head {
    Ours,
    Missing,
}

/// The bucket, made if it is our own and missing.
///
/// # Errors
/// It belongs to somebody else, is in another Region, or is missing.
pub(crate) async fn ready(
    aws: &Aws,
    target: &Target,
    identity: &Identity,
    wanted: &Wanted,
    console: &mut Console,
) -> Result<Bucket, Problem> {
    let own = own_name(&target.model.app.name, &identity.account, aws.region());
    let bootstrap = format!("cdk-hnb659fds-assets-{}-{}", identity.account, aws.region());
    let (name, parameter) = match wanted {
        Wanted::Bootstrap => (bootstrap, String::new()),
        Wanted::Usual { deployed: Some(name) } if name.is_empty() => (bootstrap, String::new()),
        Wanted::Named(name) | Wanted::Usual { deployed: Some(name) } => (name.clone(), name.clone()),
        Wanted::Usual { deployed: None } => (own.clone(), own.clone()),
    };
    match head(aws, &name, identity).await? {
        Head::Ours if name == own => {
            if !is_set_up(aws, &name).await? {
                set_up(aws, target, &name).await?;
            }
        }
        Head::Ours => {}
        Head::Missing if name == own => {
            console.say(&format!("making the bucket {name} for templates and zips"));
            make(aws, &name).await?;
            set_up(aws, target, &name).await?;
        }
        Head::Missing => return Err(missing(&name, aws.region(), parameter.is_empty())),
    }
    Ok(Bucket { name, parameter })
}

/// `onboard-ai-artifacts-123456789012-us-east-1`, with a shorter first part if it would be too long.
pub(crate) fn own_name(app: &str, account: &str, region: &str) -> String {
    let rest = format!("-artifacts-{account}-{region}");
    let app = &app[..app.len().min(LONGEST.saturating_sub(rest.len()))];
    format!("{}{rest}", app.trim_end_matches('-'))
}

fn missing(name: &str, region: &str, bootstrap: bool) -> Problem {
    let problem = Problem::bad_input(format!("there is no bucket {name} in {region}"));
    if bootstrap {
        problem
            .note("the stack's parameter ArtifactBucket is empty, which means the bucket of `cdk bootstrap`")
            .help(
                "make it: cdk bootstrap; or take the system's own one: --bucket with the name that you want",
            )
    } else {
        problem.help("make it, or leave --bucket out: then the system has one of its own")
    }
}

async fn head(aws: &Aws, name: &str, identity: &Identity) -> Result<Head, Problem> {
    let doing = format!("look at the bucket {name}");
    let told = aws.s3().head_bucket().bucket(name).expected_bucket_owner(&identity.account).send().await;
    let Err(error) = told else { return Ok(Head::Ours) };
    let response = error.raw_response();
    let elsewhere = response
        .and_then(|response| response.headers().get("x-amz-bucket-region"))
        .filter(|region| *region != aws.region())
        .map(str::to_owned);
    match (status(&error), elsewhere) {
        (Some(404), _) => Ok(Head::Missing),
        (Some(301 | 400 | 403), Some(region)) => {
            Err(Problem::bad_input(format!("the bucket {name} is in {region}, not in {}", aws.region()))
                .note("Lambda takes code only from a bucket in its own Region")
                .help("name another one: --bucket NAME; or deploy there: AWS_REGION"))
        }
        // The answer to a HEAD has no body that says why; that to the same question as a GET has one.
        (Some(400 | 403), None) => {
            let request = aws.s3().list_objects_v2().bucket(name).max_keys(1);
            match request.expected_bucket_owner(&identity.account).send().await.fault() {
                Ok(_) => Ok(Head::Ours),
                Err(fault) if fault.is("AccessDenied") => Err(forbidden(name, identity)),
                Err(fault) => Err(fault.problem(&doing)),
            }
        }
        _ => Err(Fault::of(&error).problem(&doing)),
    }
}

fn forbidden(name: &str, identity: &Identity) -> Problem {
    Problem::bad_input(format!("the bucket {name} can't be used"))
        .note(format!(
            "it belongs to another account than {}, or {} may not look at it",
            identity.account, identity.arn
        ))
        .help("name a bucket of this account: --bucket NAME")
        .help("or have s3:ListBucket granted on it")
}

/// Bucket names are everybody's: between the look and the making somebody else may have taken it.
async fn make(aws: &Aws, name: &str) -> Result<(), Problem> {
    let request = aws.s3().create_bucket().bucket(name);
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: us-east-1 is no constraint.
    let request = if aws.region() == "us-east-1" {
        request
    } else {
        let constraint = BucketLocationConstraint::from(aws.region());
        request.create_bucket_configuration(
            CreateBucketConfiguration::builder().location_constraint(constraint).build(),
        )
    };
    match request.send().await.fault() {
        Err(fault) if fault.is("BucketAlreadyOwnedByYou") => Ok(()),
        Err(fault) if fault.is("BucketAlreadyExists") => {
            Err(fault.problem(&format!("make the bucket {name}")).help("name another one: --bucket NAME"))
        }
        told => told.map(drop).map_err(|fault| fault.problem(&format!("make the bucket {name}"))),
    }
}

async fn is_set_up(aws: &Aws, name: &str) -> Result<bool, Problem> {
    match aws.s3().get_bucket_tagging().bucket(name).send().await.fault() {
        Ok(told) => Ok(told.tag_set().iter().any(|tag| tag.key() == READY)),
        Err(fault) if fault.is("NoSuchTagSet") => Ok(false),
        Err(fault) => Err(fault.problem(&format!("look at the tags of the bucket {name}"))),
    }
}

/// Nobody else gets in, nothing travels or lies in the clear, and old versions go. The tag comes last: a run that
/// breaks off before it is gone through again.
async fn set_up(aws: &Aws, target: &Target, name: &str) -> Result<(), Problem> {
    let s3 = aws.s3();
    let doing = format!("set up the bucket {name}");
    let settings =
        Settings::of(target).map_err(|error| Problem::failed(format!("can't {doing}: {error}")))?;
    s3.put_public_access_block()
        .bucket(name)
        .public_access_block_configuration(settings.access)
        .send()
        .await
        .told(&doing)?;
    s3.put_bucket_encryption()
        .bucket(name)
        .server_side_encryption_configuration(settings.encryption)
        .send()
        .await
        .told(&doing)?;
    s3.put_bucket_versioning()
        .bucket(name)
        .versioning_configuration(
            VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build(),
        )
        .send()
        .await
        .told(&doing)?;
    s3.put_bucket_policy().bucket(name).policy(tls_only(name, aws.region())).send().await.told(&doing)?;
    s3.put_bucket_lifecycle_configuration()
        .bucket(name)
        .lifecycle_configuration(settings.lifecycle)
        .send()
        .await
        .told(&doing)?;
    s3.put_bucket_tagging().bucket(name).tagging(settings.tags).send().await.told(&doing)?;
    Ok(())
}

struct Settings {
    access: PublicAccessBlockConfiguration,
    encryption: ServerSideEncryptionConfiguration,
    lifecycle: BucketLifecycleConfiguration,
    tags: Tagging,
}

impl Settings {
    fn of(target: &Target) -> Result<Self, BuildError> {
        let access = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .block_public_policy(true)
            .ignore_public_acls(true)
            .restrict_public_buckets(true)
            .build();
        let aes =
            ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256).build()?;
        let encryption = ServerSideEncryptionConfiguration::builder()
            .rules(ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(aes).build())
            .build()?;
        let rule = LifecycleRule::builder()
            .id("old-versions")
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .noncurrent_version_expiration(
                NoncurrentVersionExpiration::builder().noncurrent_days(OLD_VERSIONS).build(),
            )
            .abort_incomplete_multipart_upload(
                AbortIncompleteMultipartUpload::builder().days_after_initiation(BROKEN_UPLOADS).build(),
            )
            .build()?;
        let lifecycle = BucketLifecycleConfiguration::builder().rules(rule).build()?;
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
        let tags = Tagging::builder()
            .tag_set(tag("Application", &target.model.app.name)?)
            .tag_set(tag(READY, "ready")?)
            .build()?;
        Ok(Self { access, encryption, lifecycle, tags })
    }
}

/// Refuses everything that doesn't come over TLS.
fn tls_only(name: &str, region: &str) -> String {
    let arn = format!("arn:{}:s3:::{name}", super::partition(region));
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, format!("{arn}/*")],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_and_stays_a_name() {
        assert_eq!(
            own_name("onboard-ai", "123456789012", "us-east-1"),
            "onboard-ai-artifacts-123456789012-us-east-1"
        );
        let long = own_name("insurance-onboarding-platform", "123456789012", "ap-southeast-1");
        assert!(long.len() <= LONGEST && !long.contains("--"), "{long}");
        assert!(long.ends_with("-artifacts-123456789012-ap-southeast-1"), "{long}");
    }

    #[test]
    fn the_policy_names_the_buckets_partition() {
        assert!(tls_only("b", "cn-north-1").contains("arn:aws-cn:s3:::b/*"));
        assert!(tls_only("b", "eu-central-1").contains("arn:aws:s3:::b/*"));
    }
}
