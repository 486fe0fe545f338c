//! Customer-managed keys: one for data, one for secrets, one for logs, so that each has its own users.

use cfn::iam::{Condition, PolicyDocument, Principal, Statement};
use cfn::{Handle, aws, kms, sub};

use crate::cloudformation::child::Child;

pub(in crate::cloudformation) struct Keys {
    pub(in crate::cloudformation) data: Handle<kms::Key>,
    pub(in crate::cloudformation) secrets: Handle<kms::Key>,
    pub(in crate::cloudformation) logs: Handle<kms::Key>,
}

pub(super) fn add(child: &mut Child) -> Keys {
    Keys {
        data: key(
            child,
            "Data",
            "tables, channels and variables",
            // Alarms publish to encrypted channels; without this they are dropped without a word.
            // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            [Statement::allow()
                .sid("AlarmsToChannels")
                .by(Principal::service("cloudwatch.amazonaws.com"))
                .actions(["kms:Decrypt", "kms:GenerateDataKey*"])
                .on_any()
                .when(Condition::string_equals("aws:SourceAccount", aws::account_id()))],
        ),
        secrets: key(child, "Secrets", "secrets", []),
        logs: key(
            child,
            "Logs",
            "log groups",
            // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
            [Statement::allow()
                .sid("LogGroups")
                .by(Principal::service(sub!("logs.${AWS::Region}.amazonaws.com")))
                .actions([
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                ])
                .on_any()
                .when(Condition::arn_like(
                    "kms:EncryptionContext:aws:logs:arn",
                    sub!("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"),
                ))],
        ),
    }
}

fn key<const N: usize>(
    child: &mut Child,
    name: &str,
    what: &str,
    statements: [Statement; N],
) -> Handle<kms::Key> {
    // The account's own IAM policies decide on everything else, MSK's grants included.
    let account = Statement::allow().sid("Account").by(Principal::this_account()).actions(["kms:*"]).on_any();
    let policy = statements.into_iter().fold(PolicyDocument::of([account]), PolicyDocument::statement);
    let app = child.model.stack_name(child.environment);
    let handle = child.add(
        &format!("{name}Key"),
        kms::Key::new()
            .description(format!("{app}: {what}"))
            .enable_key_rotation(true)
            .pending_window_in_days(30)
            .key_policy(policy),
    );
    child.add(
        &format!("{name}KeyAlias"),
        kms::Alias::new(kms::AliasRequired {
            alias_name: format!("alias/{app}-{}", name.to_lowercase()).into(),
            target_key_id: handle.reference().into(),
        }),
    );
    handle
}
