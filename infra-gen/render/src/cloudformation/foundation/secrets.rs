//! SCRAM users and the key that signs connect tokens.
//!
//! MSK attaches its own resource policy to a secret when it is associated, so none is rendered here
//! (<https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html>).

use cfn::{Attr, if_, kms, secretsmanager};
use model::Secret;

use super::cluster::Existing;
use super::keys::Keys;
use crate::cloudformation::child::Child;

pub(super) struct Secrets {
    pub(super) producer: Attr<secretsmanager::secret::Id>,
    pub(super) consumer: Attr<secretsmanager::secret::Id>,
    pub(super) token: Attr<secretsmanager::secret::Id>,
    /// What the two SCRAM users are encrypted with.
    pub(super) key: Attr<kms::key::Arn>,
    /// The rendered SCRAM users alone, for the association with the rendered cluster.
    pub(super) own: Vec<Attr<secretsmanager::secret::Id>>,
}

pub(super) fn add(child: &mut Child, existing: &Existing, keys: &Keys) -> Secrets {
    let user = |child: &mut Child, id: &str, secret, user: String| {
        let name = child.model.secret_name(secret, child.environment);
        existing
            .add(
                child,
                id,
                secretsmanager::Secret::new()
                    .name(name)
                    .description(format!("SCRAM user {user}"))
                    // MSK refuses secrets under the key that AWS manages.
                    .kms_key_id(keys.secrets.arn())
                    .generate_secret_string(
                        secretsmanager::secret::GenerateSecretString::new()
                            .secret_string_template(format!(r#"{{"username":"{user}"}}"#))
                            .generate_string_key("password")
                            .password_length(40)
                            .exclude_punctuation(true),
                    ),
            )
            .reference()
    };
    let (producer_user, consumer_user) = (child.model.producer_user(), child.model.consumer_user());
    let producer = user(child, "ProducerCredentials", Secret::ProducerCredentials, producer_user);
    let consumer = user(child, "ConsumerCredentials", Secret::ConsumerCredentials, consumer_user);
    let name = child.model.secret_name(Secret::TokenKey, child.environment);
    let token = child.add(
        "TokenKey",
        secretsmanager::Secret::new()
            .name(name)
            .description("Signs connect tokens")
            .kms_key_id(keys.secrets.arn())
            .generate_secret_string(
                secretsmanager::secret::GenerateSecretString::new()
                    .secret_string_template("{}")
                    .generate_string_key("key")
                    .password_length(64)
                    .exclude_punctuation(true),
            ),
    );
    Secrets {
        producer: if_(&existing.create, producer.clone(), existing.secret.clone()),
        consumer: if_(&existing.create, consumer.clone(), existing.secret.clone()),
        token: token.reference(),
        key: if_(&existing.create, keys.secrets.arn(), existing.secret_key.clone()),
        own: vec![producer, consumer],
    }
}
