//! Notification channels: encrypted SNS topics, their subscribers and who may publish.

use std::collections::BTreeMap;

use cfn::iam::{Condition, PolicyDocument, Principal, Statement};
use cfn::{Attr, aws, sns};
use model::{Channel, Protocol};

use super::keys::Keys;
use crate::cloudformation::child::Child;

pub(super) fn add(child: &mut Child, keys: &Keys) -> BTreeMap<String, Attr<sns::topic::TopicArn>> {
    let model = child.model;
    model.channels.iter().map(|channel| (channel.name.name.clone(), add_one(child, channel, keys))).collect()
}

fn add_one(child: &mut Child, channel: &Channel, keys: &Keys) -> Attr<sns::topic::TopicArn> {
    let pascal = &channel.name.pascal;
    let name = child.model.channel_name(channel, child.environment);
    let topic = child.add(
        &format!("{pascal}Channel"),
        sns::Topic::new().topic_name(name).kms_master_key_id(keys.data.arn()),
    );
    let mut policy = PolicyDocument::new()
        .statement(
            Statement::allow()
                .sid("OwnAccount")
                .by(Principal::this_account())
                .actions(["sns:Publish"])
                .on([topic.reference()]),
        )
        .statement(
            Statement::deny()
                .sid("TlsOnly")
                .by(Principal::any())
                .actions(["sns:Publish"])
                .on([topic.reference()])
                .when(Condition::bool("aws:SecureTransport", false)),
        );
    if channel.alarms {
        policy = policy.statement(
            Statement::allow()
                .sid("Alarms")
                .by(Principal::service("cloudwatch.amazonaws.com"))
                .actions(["sns:Publish"])
                .on([topic.reference()])
                .when(Condition::string_equals("aws:SourceAccount", aws::account_id())),
        );
    }
    child.add(
        &format!("{pascal}ChannelPolicy"),
        sns::TopicPolicy::new(sns::TopicPolicyRequired {
            policy_document: policy.into(),
            topics: [topic.reference()].into(),
        }),
    );
    let environment = &child.environment.name;
    let here = channel.subscribers.iter().filter(|subscriber| subscriber.environments.contains(environment));
    for (index, subscriber) in here.enumerate() {
        let protocol = match subscriber.protocol {
            Protocol::Email => "email",
            Protocol::Https => "https",
            Protocol::Sqs => "sqs",
            Protocol::Sms => "sms",
        };
        child.add(
            &format!("{pascal}Subscriber{}", index + 1),
            sns::Subscription::new(sns::SubscriptionRequired {
                protocol: protocol.into(),
                topic_arn: topic.reference(),
            })
            .endpoint(subscriber.endpoint.as_str()),
        );
    }
    topic.reference()
}
