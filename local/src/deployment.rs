//! The model as it stands on this machine: real names, ARNs, endpoints, and each function's environment.

use std::{collections::BTreeMap, net::SocketAddr};

use model::{Auth, Channel, EnvValue, Environment, Function, Model, Secret, Table};

use crate::secrets::Secrets;

/// The account of everything local.
pub const ACCOUNT: &str = "000000000000";
/// The region of everything local.
pub const REGION: &str = "us-east-1";
/// Ids that API Gateway would have made.
pub(crate) const HTTP_API: &str = "localhttp0";
/// See [`HTTP_API`].
pub(crate) const WEBSOCKET_API: &str = "localws000";

/// Where everything listens.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// The HTTP API and the page.
    pub http: SocketAddr,
    /// The WebSocket API.
    pub websocket: SocketAddr,
    /// The AWS APIs.
    pub aws: SocketAddr,
    /// DynamoDB, as a URL.
    pub dynamodb: String,
    /// What functions and clients give as bootstrap servers.
    pub brokers: String,
    /// How functions reach the brokers, besides the servers.
    pub broker_variables: Vec<(String, String)>,
}

/// The model as it stands on this machine.
#[derive(Debug)]
pub struct Deployment {
    /// What is deployed.
    pub model: Model,
    /// As which environment.
    pub environment: Environment,
    /// Where everything listens.
    pub endpoints: Endpoints,
    /// The secrets' values.
    pub secrets: Secrets,
}

impl Deployment {
    /// `onboard-ai-submit-user-info-dev`
    pub fn function_name(&self, function: &Function) -> String {
        self.model.function_name(function, &self.environment)
    }

    /// The function of this real name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        // Callers may name it by its ARN, and with a version.
        let name = name.rsplit_once(":function:").map_or(name, |(_, name)| name);
        let name = name.split(':').next().unwrap_or(name);
        self.model.functions.iter().find(|function| self.function_name(function) == name)
    }

    /// A function's ARN.
    pub fn function_arn(&self, name: &str) -> String {
        arn("lambda", &format!("function:{name}"))
    }

    /// `users-dev`
    pub fn table_name(&self, table: &Table) -> String {
        self.model.table_name(table, &self.environment)
    }

    /// `onboard-ai-support-dev`
    pub fn channel_name(&self, channel: &Channel) -> String {
        self.model.channel_name(channel, &self.environment)
    }

    /// A channel's ARN.
    pub fn channel_arn(&self, channel: &Channel) -> String {
        arn("sns", &self.channel_name(channel))
    }

    /// A secret's ARN. Secrets Manager ends each with six characters of chance.
    pub fn secret_arn(&self, secret: Secret) -> String {
        arn("secretsmanager", &format!("secret:{}-local0", self.model.secret_name(secret, &self.environment)))
    }

    /// `onboard-ai-dev`
    pub fn stack_name(&self) -> String {
        self.model.stack_name(&self.environment)
    }

    /// The cluster's ARN.
    pub fn cluster_arn(&self) -> String {
        arn("kafka", &format!("cluster/{}/00000000-0000-4000-8000-000000000000-1", self.stack_name()))
    }

    /// Whether the brokers know users, as MSK's do.
    pub fn has_users(&self) -> bool {
        self.endpoints.broker_variables.iter().all(|(_, value)| value != "PLAINTEXT")
    }

    /// Whether callers need a token.
    pub fn needs_token(&self) -> bool {
        self.environment.auth == Auth::Token
    }

    /// `ws://127.0.0.1:4567/dev`
    pub fn websocket_endpoint(&self) -> String {
        format!("ws://{}/{}", self.endpoints.websocket, self.environment.name)
    }

    /// `http://127.0.0.1:4567/dev`: where `@connections` is.
    pub fn management_endpoint(&self) -> String {
        format!("http://{}/{}", self.endpoints.websocket, self.environment.name)
    }

    /// The AWS APIs' URL.
    pub fn aws_endpoint(&self) -> String {
        format!("http://{}", self.endpoints.aws)
    }

    /// What the model tells the function.
    pub fn variables(&self, function: &Function) -> BTreeMap<String, String> {
        let mut variables: BTreeMap<String, String> = function
            .environment
            .iter()
            .map(|variable| (variable.name.clone(), self.resolve(&variable.value)))
            .collect();
        if variables.contains_key("KAFKA_BROKERS") {
            variables.extend(self.endpoints.broker_variables.iter().cloned());
        }
        variables
    }

    fn resolve(&self, value: &EnvValue) -> String {
        match value {
            EnvValue::Text(text) => text.clone(),
            EnvValue::Environment => self.environment.name.clone(),
            EnvValue::AuthMode => if self.needs_token() { "token" } else { "none" }.into(),
            EnvValue::BootstrapBrokers => self.endpoints.brokers.clone(),
            EnvValue::WebSocketEndpoint => self.websocket_endpoint(),
            // The manifest has checked every reference.
            EnvValue::TableName(name) => {
                self.model.table(name).map(|table| self.table_name(table)).unwrap_or_default()
            }
            EnvValue::ChannelArn(name) => {
                self.model.channel(name).map(|channel| self.channel_arn(channel)).unwrap_or_default()
            }
            EnvValue::SecretArn(secret) => self.secret_arn(*secret),
        }
    }
}

/// An ARN of the local account.
pub(crate) fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")
}
