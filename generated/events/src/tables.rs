//! The tables: those of `topics.yaml`, and the runtime's own.
//!
//! Rendered by `make synth`; a change made here is lost.

/// `users`
pub const USERS: contract::Table =
    contract::Table { name: "users", env: "USERS_TABLE", key: "customerId", sort: None, ttl: None };

/// `applications`
pub const APPLICATIONS: contract::Table = contract::Table {
    name: "applications",
    env: "APPLICATIONS_TABLE",
    key: "customerId",
    sort: Some("applicationId"),
    ttl: None,
};

/// `kyc-results`
pub const KYC_RESULTS: contract::Table = contract::Table {
    name: "kyc-results",
    env: "KYC_RESULTS_TABLE",
    key: "customerId",
    sort: Some("verificationId"),
    ttl: None,
};

/// `recommendations`
pub const RECOMMENDATIONS: contract::Table = contract::Table {
    name: "recommendations",
    env: "RECOMMENDATIONS_TABLE",
    key: "customerId",
    sort: Some("applicationId"),
    ttl: Some(contract::TimeToLive { attribute: "expiresAt", seconds: 2592000 }),
};

/// `error-logs`
pub const ERROR_LOGS: contract::Table = contract::Table {
    name: "error-logs",
    env: "ERROR_LOGS_TABLE",
    key: "errorId",
    sort: None,
    ttl: Some(contract::TimeToLive { attribute: "expiresAt", seconds: 7776000 }),
};

/// `kafka-events`
pub const KAFKA_EVENTS: contract::Table = contract::Table {
    name: "kafka-events",
    env: "KAFKA_EVENTS_TABLE",
    key: "customerId",
    sort: Some("eventId"),
    ttl: Some(contract::TimeToLive { attribute: "expiresAt", seconds: 7776000 }),
};

/// `websocket-connections`
pub const WEBSOCKET_CONNECTIONS: contract::Table = contract::Table {
    name: "websocket-connections",
    env: "WEBSOCKET_TABLE",
    key: "customerId",
    sort: None,
    ttl: Some(contract::TimeToLive { attribute: "expiresAt", seconds: 7200 }),
};
