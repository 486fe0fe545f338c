//! `kyc-verified`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use contract::{Show as _, check};

use crate::{shared, tables};

/// A customer's identity was checked.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct KycVerified {
    #[serde(rename = "customerId")]
    pub customer_id: shared::CustomerId,
    #[serde(rename = "applicationId")]
    pub application_id: contract::Uuid,
    #[serde(rename = "verificationId")]
    pub verification_id: contract::Uuid,
    #[serde(rename = "fullName")]
    pub full_name: shared::PersonName,
    #[serde(rename = "dateOfBirth")]
    pub date_of_birth: contract::Date,
    pub nationality: shared::CountryCode,
    #[serde(rename = "documentKind")]
    pub document_kind: shared::DocumentKind,
    #[serde(rename = "documentNumber")]
    pub document_number: String,
    /// The holder's name as the document prints it.
    #[serde(rename = "documentName")]
    pub document_name: shared::PersonName,
    #[serde(rename = "documentExpiresOn")]
    pub document_expires_on: contract::Date,
    pub status: KycVerifiedStatus,
    #[serde(rename = "riskScore")]
    pub risk_score: i64,
    pub reasons: Vec<String>,
    #[serde(rename = "verifiedAt")]
    pub verified_at: contract::Timestamp,
}

// Personal data must not reach a log.
impl std::fmt::Debug for KycVerified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KycVerified")
            .field("customer_id", &self.customer_id)
            .field("application_id", &self.application_id)
            .field("verification_id", &self.verification_id)
            .field("full_name", &contract::Personal)
            .field("date_of_birth", &contract::Personal)
            .field("nationality", &contract::Personal)
            .field("document_kind", &self.document_kind)
            .field("document_number", &contract::Personal)
            .field("document_name", &contract::Personal)
            .field("document_expires_on", &self.document_expires_on)
            .field("status", &self.status)
            .field("risk_score", &self.risk_score)
            .field("reasons", &self.reasons)
            .field("verified_at", &self.verified_at)
            .finish()
    }
}

impl contract::Object for KycVerified {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let verification_id = fields.required("verificationId", &check::uuid());
        let full_name = fields.required("fullName", &shared::person_name());
        let date_of_birth = fields.required("dateOfBirth", &check::date());
        let nationality = fields.required("nationality", &shared::country_code());
        let document_kind = fields.required("documentKind", &check::words::<shared::DocumentKind>());
        let document_number = fields.required("documentNumber", &check::text(4, 40));
        let document_name = fields.required("documentName", &shared::person_name());
        let document_expires_on = fields.required("documentExpiresOn", &check::date());
        let status = fields.required("status", &check::words::<KycVerifiedStatus>());
        let risk_score = fields.required("riskScore", &check::integer(0, 100));
        let reasons = fields.required("reasons", &check::list(check::text(0, 80), 0, 10));
        let verified_at = fields.required("verifiedAt", &check::timestamp());
        Some(Self {
            customer_id: customer_id?,
            application_id: application_id?,
            verification_id: verification_id?,
            full_name: full_name?,
            date_of_birth: date_of_birth?,
            nationality: nationality?,
            document_kind: document_kind?,
            document_number: document_number?,
            document_name: document_name?,
            document_expires_on: document_expires_on?,
            status: status?,
            risk_score: risk_score?,
            reasons: reasons?,
            verified_at: verified_at?,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum KycVerifiedStatus {
    #[serde(rename = "VERIFIED")]
    Verified,
    #[serde(rename = "REVIEW")]
    Review,
    #[serde(rename = "REJECTED")]
    Rejected,
}

impl contract::Word for KycVerifiedStatus {
    const WORDS: &'static [&'static str] = &["VERIFIED", "REVIEW", "REJECTED"];

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "VERIFIED" => Some(Self::Verified),
            "REVIEW" => Some(Self::Review),
            "REJECTED" => Some(Self::Rejected),
            _ => None,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Verified => "VERIFIED",
            Self::Review => "REVIEW",
            Self::Rejected => "REJECTED",
        }
    }
}

impl contract::Show for KycVerifiedStatus {
    fn show(&self) -> String {
        contract::show_word(self)
    }
}

/// What a caller sends: the event of `kyc-verified` without its computed fields.
#[derive(Clone, PartialEq, Eq)]
pub struct KycVerifiedRequest {
    pub customer_id: shared::CustomerId,
    pub application_id: contract::Uuid,
    pub full_name: shared::PersonName,
    pub date_of_birth: contract::Date,
    pub nationality: shared::CountryCode,
    pub document_kind: shared::DocumentKind,
    pub document_number: String,
    /// The holder's name as the document prints it.
    pub document_name: shared::PersonName,
    pub document_expires_on: contract::Date,
}

// Personal data must not reach a log.
impl std::fmt::Debug for KycVerifiedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KycVerifiedRequest")
            .field("customer_id", &self.customer_id)
            .field("application_id", &self.application_id)
            .field("full_name", &contract::Personal)
            .field("date_of_birth", &contract::Personal)
            .field("nationality", &contract::Personal)
            .field("document_kind", &self.document_kind)
            .field("document_number", &contract::Personal)
            .field("document_name", &contract::Personal)
            .field("document_expires_on", &self.document_expires_on)
            .finish()
    }
}

impl contract::Object for KycVerifiedRequest {
    const COMPUTED: &'static [&'static str] =
        &["verificationId", "status", "riskScore", "reasons", "verifiedAt"];

    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let full_name = fields.required("fullName", &shared::person_name());
        let date_of_birth = fields.required("dateOfBirth", &check::date());
        let nationality = fields.required("nationality", &shared::country_code());
        let document_kind = fields.required("documentKind", &check::words::<shared::DocumentKind>());
        let document_number = fields.required("documentNumber", &check::text(4, 40));
        let document_name = fields.required("documentName", &shared::person_name());
        let document_expires_on = fields.required("documentExpiresOn", &check::date());
        Some(Self {
            customer_id: customer_id?,
            application_id: application_id?,
            full_name: full_name?,
            date_of_birth: date_of_birth?,
            nationality: nationality?,
            document_kind: document_kind?,
            document_number: document_number?,
            document_name: document_name?,
            document_expires_on: document_expires_on?,
        })
    }
}

impl contract::Event for KycVerified {
    const TOPIC: &'static str = "kyc-verified";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "onboard-ai.kyc-verified";
    const KEY: &'static str = "customerId";
    const SINK: Option<contract::Sink> =
        Some(contract::Sink { table: tables::KYC_RESULTS, write: contract::Write::Put, marks: &[] });
    const PUSH: Option<&'static str> = Some("KYC_VERIFIED");
    const BROWSER: &'static [&'static str] = &[
        "/customerId",
        "/applicationId",
        "/verificationId",
        "/documentKind",
        "/documentExpiresOn",
        "/status",
        "/reasons",
        "/verifiedAt",
    ];

    type Request = KycVerifiedRequest;

    fn key(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.customer_id)
    }

    fn alert(&self) -> Option<String> {
        if self.status == KycVerifiedStatus::Review {
            Some(format!(
                "KYC of customer {} needs a review: {}",
                self.customer_id.show(),
                self.reasons.show(),
            ))
        } else {
            None
        }
    }
}
