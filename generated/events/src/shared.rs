//! The types that have a name of their own in `topics.yaml`.
//!
//! Rendered by `make synth`; a change made here is lost.

use contract::check;

static CUSTOMER_ID: check::Pattern = check::Pattern::new("^[A-Za-z0-9][A-Za-z0-9_-]*$");

static COUNTRY_CODE: check::Pattern = check::Pattern::new("^[A-Z]{2}$");

pub type CustomerId = String;

/// The check of [`CustomerId`].
pub fn customer_id() -> impl check::Check<Output = CustomerId> {
    check::text(1, 64).pattern(&CUSTOMER_ID)
}

pub type PersonName = String;

/// The check of [`PersonName`].
pub fn person_name() -> impl check::Check<Output = PersonName> {
    check::text(1, 100)
}

pub type CountryCode = String;

/// The check of [`CountryCode`].
pub fn country_code() -> impl check::Check<Output = CountryCode> {
    check::text(0, 2).pattern(&COUNTRY_CODE)
}

pub type Money = contract::Decimal;

/// The check of [`Money`].
pub fn money() -> impl check::Check<Output = Money> {
    check::decimal("0", "10000000", 2)
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Address {
    pub line1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    pub city: String,
    pub postcode: String,
    pub country: CountryCode,
}

impl contract::Object for Address {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let line1 = fields.required("line1", &check::text(0, 120));
        let line2 = fields.optional("line2", &check::text(0, 120));
        let city = fields.required("city", &check::text(0, 80));
        let postcode = fields.required("postcode", &check::text(0, 12));
        let country = fields.required("country", &self::country_code());
        Some(Self { line1: line1?, line2: line2?, city: city?, postcode: postcode?, country: country? })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum DocumentKind {
    #[serde(rename = "PASSPORT")]
    Passport,
    #[serde(rename = "ID_CARD")]
    IdCard,
    #[serde(rename = "DRIVING_LICENCE")]
    DrivingLicence,
    #[serde(rename = "PROOF_OF_ADDRESS")]
    ProofOfAddress,
    #[serde(rename = "PROOF_OF_INCOME")]
    ProofOfIncome,
    #[serde(rename = "OTHER")]
    Other,
}

impl contract::Word for DocumentKind {
    const WORDS: &'static [&'static str] =
        &["PASSPORT", "ID_CARD", "DRIVING_LICENCE", "PROOF_OF_ADDRESS", "PROOF_OF_INCOME", "OTHER"];

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "PASSPORT" => Some(Self::Passport),
            "ID_CARD" => Some(Self::IdCard),
            "DRIVING_LICENCE" => Some(Self::DrivingLicence),
            "PROOF_OF_ADDRESS" => Some(Self::ProofOfAddress),
            "PROOF_OF_INCOME" => Some(Self::ProofOfIncome),
            "OTHER" => Some(Self::Other),
            _ => None,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Passport => "PASSPORT",
            Self::IdCard => "ID_CARD",
            Self::DrivingLicence => "DRIVING_LICENCE",
            Self::ProofOfAddress => "PROOF_OF_ADDRESS",
            Self::ProofOfIncome => "PROOF_OF_INCOME",
            Self::Other => "OTHER",
        }
    }
}

impl contract::Show for DocumentKind {
    fn show(&self) -> String {
        contract::show_word(self)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum InsuranceKind {
    #[serde(rename = "LIFE")]
    Life,
    #[serde(rename = "HEALTH")]
    Health,
    #[serde(rename = "HOME")]
    Home,
    #[serde(rename = "AUTO")]
    Auto,
}

impl contract::Word for InsuranceKind {
    const WORDS: &'static [&'static str] = &["LIFE", "HEALTH", "HOME", "AUTO"];

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "LIFE" => Some(Self::Life),
            "HEALTH" => Some(Self::Health),
            "HOME" => Some(Self::Home),
            "AUTO" => Some(Self::Auto),
            _ => None,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Life => "LIFE",
            Self::Health => "HEALTH",
            Self::Home => "HOME",
            Self::Auto => "AUTO",
        }
    }
}

impl contract::Show for InsuranceKind {
    fn show(&self) -> String {
        contract::show_word(self)
    }
}

#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct Document {
    #[serde(rename = "documentId")]
    pub document_id: String,
    #[serde(rename = "fileName")]
    pub file_name: String,
    /// What the sender says it is; the rule classifies it where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<DocumentKind>,
    #[serde(rename = "holderName", skip_serializing_if = "Option::is_none")]
    pub holder_name: Option<PersonName>,
    #[serde(rename = "issuedOn", skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<contract::Date>,
    #[serde(rename = "expiresOn", skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<contract::Date>,
}

// Personal data must not reach a log.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("document_id", &self.document_id)
            .field("file_name", &contract::Personal)
            .field("kind", &self.kind)
            .field("holder_name", &contract::Personal)
            .field("issued_on", &self.issued_on)
            .field("expires_on", &self.expires_on)
            .finish()
    }
}

impl contract::Object for Document {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let document_id = fields.required("documentId", &check::text(0, 64));
        let file_name = fields.required("fileName", &check::text(0, 200));
        let kind = fields.optional("kind", &check::words::<DocumentKind>());
        let holder_name = fields.optional("holderName", &self::person_name());
        let issued_on = fields.optional("issuedOn", &check::date());
        let expires_on = fields.optional("expiresOn", &check::date());
        Some(Self {
            document_id: document_id?,
            file_name: file_name?,
            kind: kind?,
            holder_name: holder_name?,
            issued_on: issued_on?,
            expires_on: expires_on?,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Recommendation {
    #[serde(rename = "policyId")]
    pub policy_id: String,
    pub name: String,
    pub cover: Money,
    #[serde(rename = "monthlyPremium")]
    pub monthly_premium: Money,
    /// How well the policy fits; 100 is best.
    pub score: i64,
}

impl contract::Object for Recommendation {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let policy_id = fields.required("policyId", &check::text(0, 40));
        let name = fields.required("name", &check::text(0, 80));
        let cover = fields.required("cover", &self::money());
        let monthly_premium = fields.required("monthlyPremium", &self::money());
        let score = fields.required("score", &check::integer(0, 100));
        Some(Self {
            policy_id: policy_id?,
            name: name?,
            cover: cover?,
            monthly_premium: monthly_premium?,
            score: score?,
        })
    }
}
