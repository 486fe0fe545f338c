//! `documents-processed`
//!
//! Rendered from `topics.yaml` by `make synth`; a change made here is lost.

use contract::check;

use crate::{shared, tables};

/// A customer's documents were read, classified and checked for completeness.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DocumentsProcessed {
    #[serde(rename = "customerId")]
    pub customer_id: shared::CustomerId,
    #[serde(rename = "applicationId")]
    pub application_id: contract::Uuid,
    pub documents: Vec<shared::Document>,
    #[serde(rename = "documentCount")]
    pub document_count: i64,
    pub status: DocumentsProcessedStatus,
    pub missing: Vec<shared::DocumentKind>,
    #[serde(rename = "processedAt")]
    pub processed_at: contract::Timestamp,
}

impl contract::Object for DocumentsProcessed {
    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let documents =
            fields.required("documents", &check::list(check::object::<shared::Document>(), 1, 20));
        let document_count = fields.required("documentCount", &check::integer(1, 20));
        let status = fields.required("status", &check::words::<DocumentsProcessedStatus>());
        let missing = fields.required("missing", &check::list(check::words::<shared::DocumentKind>(), 0, 6));
        let processed_at = fields.required("processedAt", &check::timestamp());
        Some(Self {
            customer_id: customer_id?,
            application_id: application_id?,
            documents: documents?,
            document_count: document_count?,
            status: status?,
            missing: missing?,
            processed_at: processed_at?,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum DocumentsProcessedStatus {
    #[serde(rename = "DOCUMENTS_COMPLETE")]
    DocumentsComplete,
    #[serde(rename = "DOCUMENTS_INCOMPLETE")]
    DocumentsIncomplete,
}

impl contract::Word for DocumentsProcessedStatus {
    const WORDS: &'static [&'static str] = &["DOCUMENTS_COMPLETE", "DOCUMENTS_INCOMPLETE"];

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "DOCUMENTS_COMPLETE" => Some(Self::DocumentsComplete),
            "DOCUMENTS_INCOMPLETE" => Some(Self::DocumentsIncomplete),
            _ => None,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::DocumentsComplete => "DOCUMENTS_COMPLETE",
            Self::DocumentsIncomplete => "DOCUMENTS_INCOMPLETE",
        }
    }
}

impl contract::Show for DocumentsProcessedStatus {
    fn show(&self) -> String {
        contract::show_word(self)
    }
}

/// What a caller sends: the event of `documents-processed` without its computed fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentsProcessedRequest {
    pub customer_id: shared::CustomerId,
    pub application_id: contract::Uuid,
    pub documents: Vec<shared::Document>,
}

impl contract::Object for DocumentsProcessedRequest {
    const COMPUTED: &'static [&'static str] = &["documentCount", "status", "missing", "processedAt"];

    fn read(fields: &mut contract::Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &shared::customer_id());
        let application_id = fields.required("applicationId", &check::uuid());
        let documents =
            fields.required("documents", &check::list(check::object::<shared::Document>(), 1, 20));
        Some(Self { customer_id: customer_id?, application_id: application_id?, documents: documents? })
    }
}

impl contract::Event for DocumentsProcessed {
    const TOPIC: &'static str = "documents-processed";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "onboard-ai.documents-processed";
    const KEY: &'static str = "customerId";
    const SINK: Option<contract::Sink> =
        Some(contract::Sink { table: tables::APPLICATIONS, write: contract::Write::Merge, marks: &[] });
    const PUSH: Option<&'static str> = Some("DOCUMENTS_PROCESSED");
    const BROWSER: &'static [&'static str] =
        &["/customerId", "/applicationId", "/documentCount", "/status", "/missing", "/processedAt"];

    type Request = DocumentsProcessedRequest;

    fn key(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.customer_id)
    }
}
