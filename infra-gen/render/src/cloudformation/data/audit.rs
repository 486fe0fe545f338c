//! Who managed the account and who read or wrote the tables, kept out of reach of whoever did.
//!
//! The bucket and its key always outlive the stack: CloudFormation can't delete a bucket that holds anything, and
//! an audit trail that goes with what it audits is none.

use cfn::iam::{Condition, PolicyDocument, Principal, Statement};
use cfn::{Handle, Val, cloudtrail, kms, s3, sub};

use crate::cloudformation::child::Child;

pub(super) fn add(child: &mut Child, tables: &[Val<String>]) {
    let trail_name = format!("{}-audit", child.model.stack_name(child.environment));
    let trail_arn = sub!(
        "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/${trail_name}",
        trail_name = trail_name.as_str()
    );
    let key = key(child, &trail_arn);
    let bucket = bucket(child, &key);
    let policy = bucket_policy(child, &bucket, &trail_arn);
    let trail = child.add(
        "AuditTrail",
        cloudtrail::Trail::new(cloudtrail::TrailRequired {
            is_logging: true.into(),
            s3_bucket_name: bucket.reference(),
        })
        .trail_name(trail_name)
        .enable_log_file_validation(true)
        .include_global_service_events(true)
        .is_multi_region_trail(false)
        .kms_key_id(key.arn())
        .advanced_event_selectors([
            selector("Management events", [field("eventCategory").equals(["Management"])]),
            selector(
                "Reads and writes of the tables",
                [
                    field("eventCategory").equals(["Data"]),
                    field("resources.type").equals(["AWS::DynamoDB::Table"]),
                    field("resources.ARN").equals(tables.to_vec()),
                ],
            ),
        ]),
    );
    // CloudTrail tries the bucket when the trail is made.
    child.template.options(&trail).depends_on(&policy);
}

fn field(name: &str) -> cloudtrail::trail::AdvancedFieldSelector {
    cloudtrail::trail::AdvancedFieldSelector::new(name)
}

fn selector<const N: usize>(
    name: &str,
    fields: [cloudtrail::trail::AdvancedFieldSelector; N],
) -> cloudtrail::trail::AdvancedEventSelector {
    cloudtrail::trail::AdvancedEventSelector::new(fields).name(name)
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html>
fn key(child: &mut Child, trail_arn: &Val<String>) -> Handle<kms::Key> {
    let stack = child.model.stack_name(child.environment);
    let cloudtrail = || Statement::allow().by(Principal::service("cloudtrail.amazonaws.com")).on_any();
    let policy = PolicyDocument::new()
        .statement(
            Statement::allow().sid("Account").by(Principal::this_account()).actions(["kms:*"]).on_any(),
        )
        .statement(
            cloudtrail()
                .sid("Encrypt")
                .actions(["kms:GenerateDataKey*"])
                .when(Condition::string_equals("aws:SourceArn", trail_arn))
                .when(Condition::string_like(
                    "kms:EncryptionContext:aws:cloudtrail:arn",
                    sub!("arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*"),
                )),
        )
        .statement(
            cloudtrail()
                .sid("Describe")
                .actions(["kms:DescribeKey"])
                .when(Condition::string_equals("aws:SourceArn", trail_arn)),
        );
    let key = child.add(
        "AuditKey",
        kms::Key::new()
            .description(format!("{stack}: audit trail"))
            .enable_key_rotation(true)
            .pending_window_in_days(30)
            .key_policy(policy),
    );
    child.template.options(&key).retain_once_made();
    key
}

fn bucket(child: &mut Child, key: &Handle<kms::Key>) -> Handle<s3::Bucket> {
    // Without an S3 Bucket Key: with one, CloudTrail would have to be let decrypt, too.
    let encryption = s3::bucket::BucketEncryption::new([s3::bucket::ServerSideEncryptionRule::new()
        .server_side_encryption_by_default(
            s3::bucket::ServerSideEncryptionByDefault::new(s3::bucket::SSEAlgorithm::AwsKms)
                .kms_master_key_id(key.arn()),
        )]);
    let bucket = child.add(
        "AuditBucket",
        s3::Bucket::new()
            .bucket_encryption(encryption)
            .versioning_configuration(s3::bucket::VersioningConfiguration::new(
                s3::bucket::VersioningConfigurationStatus::Enabled,
            ))
            .ownership_controls(s3::bucket::OwnershipControls::new([s3::bucket::OwnershipControlsRule::new(
            )
            .object_ownership(s3::bucket::ObjectOwnership::BucketOwnerEnforced)]))
            .public_access_block_configuration(
                s3::bucket::PublicAccessBlockConfiguration::new()
                    .block_public_acls(true)
                    .block_public_policy(true)
                    .ignore_public_acls(true)
                    .restrict_public_buckets(true),
            )
            .lifecycle_configuration(s3::bucket::LifecycleConfiguration::new([s3::bucket::Rule::new(
                s3::bucket::RuleStatus::Enabled,
            )
            .id("old-versions")
            .noncurrent_version_expiration(s3::bucket::NoncurrentVersionExpiration::new(90))])),
    );
    child.template.options(&bucket).retain_once_made();
    bucket
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>
fn bucket_policy(
    child: &mut Child,
    bucket: &Handle<s3::Bucket>,
    trail_arn: &Val<String>,
) -> Handle<s3::BucketPolicy> {
    let service = || Principal::service("cloudtrail.amazonaws.com");
    let policy = PolicyDocument::new()
        .statement(
            Statement::deny()
                .sid("TlsOnly")
                .by(Principal::any())
                .actions(["s3:*"])
                .on([bucket.arn().text(), sub!("${bucket}/*", bucket = bucket.arn())])
                .when(Condition::bool("aws:SecureTransport", false)),
        )
        .statement(
            Statement::allow()
                .sid("CheckAcl")
                .by(service())
                .actions(["s3:GetBucketAcl"])
                .on([bucket.arn()])
                .when(Condition::string_equals("aws:SourceArn", trail_arn)),
        )
        .statement(
            Statement::allow()
                .sid("Write")
                .by(service())
                .actions(["s3:PutObject"])
                .on([sub!("${bucket}/AWSLogs/${AWS::AccountId}/*", bucket = bucket.arn())])
                .when(Condition::string_equals("aws:SourceArn", trail_arn))
                .when(Condition::string_equals("s3:x-amz-acl", "bucket-owner-full-control")),
        );
    child.add(
        "AuditBucketPolicy",
        s3::BucketPolicy::new(s3::BucketPolicyRequired {
            bucket: bucket.reference(),
            policy_document: policy.into(),
        }),
    )
}
