//! `user-info-submitted`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use contract::check;

use crate::{shared, tables};

static PHONE: check::Pattern = check::Pattern::new("^\\+?[0-9 ()-]{5,20}$");

/// A customer sent their personal details.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct UserInfoSubmitted {
    #[serde(rename = "customerId")]
    pub customer_id: shared::CustomerId,
    #[serde(rename = "applicationId")]
    pub application_id: contract::Uuid,
    pub email: String,
    #[serde(rename = "firstName")]
    pub first_name: shared::PersonName,
    #[serde(rename = "lastName", skip_serializing_if = "Option::is_none")]
    pub last_name: Option<shared::PersonName>,
    #[serde(rename = "dateOfBirth", skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<contract::Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<shared::CountryCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<shared::Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insurance: Option<shared::InsuranceKind>,
    #[serde(rename = "submittedAt")]
    pub submitted_at: contract::Timestamp,
}

// Personal data must not reach a log.
impl std::fmt::Debug for UserInfoSubmitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserInfoSubmitted")
            .field("customer_id", &self.customer_id)
            .field("application_id", &self.application_id)
            .field("email", &contract::Personal)
            .field("first_name", &contract::Personal)
            .field("last_name", &contract::Personal)
            .field("date_of_birth", &contract::Personal)
            .field("phone", &contract::Personal)
            .field("nationality", &contract::Personal)
            .field("address", &contract::Personal)
            .field("insurance", &self.insurance)
            .field("submitted_at", &self.submitted_at)
            .finish()
    }
}

impl contract::Object for UserInfoSubmitted {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let email = fields.required("email", &check::email());
        let first_name = fields.required("firstName", &shared::person_name());
        let last_name = fields.optional("lastName", &shared::person_name());
        let date_of_birth = fields.optional("dateOfBirth", &check::date());
        let phone = fields.optional("phone", &check::text(0, 20).pattern(&PHONE));
        let nationality = fields.optional("nationality", &shared::country_code());
        let address = fields.optional("address", &check::object::<shared::Address>());
        let insurance = fields.optional("insurance", &check::words::<shared::InsuranceKind>());
        let submitted_at = fields.required("submittedAt", &check::timestamp());
        Some(Self {
            customer_id: customer_id?,
            application_id: application_id?,
            email: email?,
            first_name: first_name?,
            last_name: last_name?,
            date_of_birth: date_of_birth?,
            phone: phone?,
            nationality: nationality?,
            address: address?,
            insurance: insurance?,
            submitted_at: submitted_at?,
        })
    }
}

/// What a caller sends: the event of `user-info-submitted` without its computed fields.
#[derive(Clone, PartialEq, Eq)]
pub struct UserInfoSubmittedRequest {
    pub customer_id: shared::CustomerId,
    pub email: String,
    pub first_name: shared::PersonName,
    pub last_name: Option<shared::PersonName>,
    pub date_of_birth: Option<contract::Date>,
    pub phone: Option<String>,
    pub nationality: Option<shared::CountryCode>,
    pub address: Option<shared::Address>,
    pub insurance: Option<shared::InsuranceKind>,
}

// Personal data must not reach a log.
impl std::fmt::Debug for UserInfoSubmittedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserInfoSubmittedRequest")
            .field("customer_id", &self.customer_id)
            .field("email", &contract::Personal)
            .field("first_name", &contract::Personal)
            .field("last_name", &contract::Personal)
            .field("date_of_birth", &contract::Personal)
            .field("phone", &contract::Personal)
            .field("nationality", &contract::Personal)
            .field("address", &contract::Personal)
            .field("insurance", &self.insurance)
            .finish()
    }
}

impl contract::Object for UserInfoSubmittedRequest {
    const COMPUTED: &'static [&'static str] = &["applicationId", "submittedAt"];

    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let email = fields.required("email", &check::email());
        let first_name = fields.required("firstName", &shared::person_name());
        let last_name = fields.optional("lastName", &shared::person_name());
        let date_of_birth = fields.optional("dateOfBirth", &check::date());
        let phone = fields.optional("phone", &check::text(0, 20).pattern(&PHONE));
        let nationality = fields.optional("nationality", &shared::country_code());
        let address = fields.optional("address", &check::object::<shared::Address>());
        let insurance = fields.optional("insurance", &check::words::<shared::InsuranceKind>());
        Some(Self {
            customer_id: customer_id?,
            email: email?,
            first_name: first_name?,
            last_name: last_name?,
            date_of_birth: date_of_birth?,
            phone: phone?,
            nationality: nationality?,
            address: address?,
            insurance: insurance?,
        })
    }
}

impl contract::Event for UserInfoSubmitted {
    const TOPIC: &'static str = "user-info-submitted";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "onboard-ai.user-info-submitted";
    const KEY: &'static str = "customerId";
    const SINK: Option<contract::Sink> =
        Some(contract::Sink { table: tables::USERS, write: contract::Write::Put, marks: &[] });
    const PUSH: Option<&'static str> = Some("USER_INFO_SUBMITTED");
    const BROWSER: &'static [&'static str] =
        &["/customerId", "/applicationId", "/email", "/firstName", "/lastName", "/insurance", "/submittedAt"];

    type Request = UserInfoSubmittedRequest;

    fn key(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.customer_id)
    }
}
