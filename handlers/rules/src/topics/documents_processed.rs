//! The second step: what each document is, and whether all that are needed are there.

use contract::{Date, EventContext, Refusal, Tables, Violations};
use events::documents_processed::{DocumentsProcessed, DocumentsProcessedRequest, DocumentsProcessedStatus};
use events::shared::{Document, DocumentKind};

use crate::application;
use crate::reading::{DocumentReader, FileNames};

/// Any of these proves who somebody is.
const IDENTITY: [DocumentKind; 3] =
    [DocumentKind::Passport, DocumentKind::IdCard, DocumentKind::DrivingLicence];

/// Proofs of address and income are asked for when they are no older than this.
const PROOF_MONTHS: i32 = 6;

/// The rule of `documents-processed`.
pub struct Rule;

impl contract::Rule for Rule {
    type Event = DocumentsProcessed;

    async fn decide<T: Tables>(
        &self,
        request: DocumentsProcessedRequest,
        context: &EventContext,
        tables: &T,
    ) -> Result<DocumentsProcessed, Refusal> {
        let user = application::of_customer(tables, &request.customer_id, request.application_id).await?;
        let insurance = application::text(&user, "insurance");
        process(request, insurance, context, &FileNames).await
    }
}

/// Classifies and counts; `insurance` is what the customer said they want, if they said.
async fn process(
    request: DocumentsProcessedRequest,
    insurance: Option<&str>,
    context: &EventContext,
    reader: &impl DocumentReader,
) -> Result<DocumentsProcessed, Refusal> {
    let today = context.time.date();
    let mut faults = Violations::default();
    let mut documents: Vec<Document> = vec![];
    for (index, document) in request.documents.into_iter().enumerate() {
        if documents.iter().any(|earlier| earlier.document_id == document.document_id) {
            faults.push(format!("/documents/{index}/documentId"), "is that of another document of the list");
        }
        if document.issued_on.is_some_and(|issued| issued > today) {
            faults.push(format!("/documents/{index}/issuedOn"), "is in the future");
        }
        let kind = match document.kind {
            Some(kind) => kind,
            None => reader.classify(&document).await?,
        };
        documents.push(Document { kind: Some(kind), ..document });
    }
    faults.into_result()?;

    let missing = missing(&documents, insurance, today);
    Ok(DocumentsProcessed {
        customer_id: request.customer_id,
        application_id: request.application_id,
        document_count: i64::try_from(documents.len()).unwrap_or(i64::MAX),
        status: if missing.is_empty() {
            DocumentsProcessedStatus::DocumentsComplete
        } else {
            DocumentsProcessedStatus::DocumentsIncomplete
        },
        missing,
        documents,
        processed_at: context.time,
    })
}

/// What is still to be sent. A passport stands for any proof of identity.
fn missing(documents: &[Document], insurance: Option<&str>, today: Date) -> Vec<DocumentKind> {
    let has = |kind: DocumentKind| {
        documents.iter().any(|document| document.kind == Some(kind) && counts(document, today))
    };
    let mut missing = vec![];
    if !IDENTITY.into_iter().any(has) {
        missing.push(DocumentKind::Passport);
    }
    if !has(DocumentKind::ProofOfAddress) {
        missing.push(DocumentKind::ProofOfAddress);
    }
    // What is paid out follows what is earned, or what is owed on the house.
    if matches!(insurance, Some("LIFE" | "HOME")) && !has(DocumentKind::ProofOfIncome) {
        missing.push(DocumentKind::ProofOfIncome);
    }
    missing
}

/// Neither expired nor, for a proof of address or income, out of date.
fn counts(document: &Document, today: Date) -> bool {
    let expired = document.expires_on.is_some_and(|expires| expires < today);
    let proof = matches!(document.kind, Some(DocumentKind::ProofOfAddress | DocumentKind::ProofOfIncome));
    let stale = proof
        && document.issued_on.is_some_and(|issued| {
            let months = i32::from(today.year() - issued.year()) * 12
                + i32::from(today.month() - issued.month())
                - i32::from(today.day() < issued.day());
            months >= PROOF_MONTHS
        });
    !expired && !stale
}

#[cfg(test)]
mod tests {
    use contract::{MemoryTables, Rule as _};
    use events::tables;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{APPLICATION, context, item, request};

    fn user(insurance: &str) -> MemoryTables {
        MemoryTables::default().with(
            &tables::USERS,
            item(json!({ "customerId": "c-1", "applicationId": APPLICATION, "insurance": insurance })),
        )
    }

    async fn decide(tables: &MemoryTables, documents: Value) -> Result<DocumentsProcessed, Refusal> {
        let body = json!({ "customerId": "c-1", "applicationId": APPLICATION, "documents": documents });
        Rule.decide(request::<DocumentsProcessed>(body), &context(), tables).await
    }

    #[tokio::test]
    async fn identity_and_address_complete_a_car_insurance() {
        let event = decide(
            &user("AUTO"),
            json!([
                { "documentId": "d-1", "fileName": "passport-scan.pdf", "expiresOn": "2031-01-01" },
                { "documentId": "d-2", "fileName": "utility_bill.pdf", "issuedOn": "2026-10-01" },
            ]),
        )
        .await
        .expect("an event");
        assert_eq!(event.status, DocumentsProcessedStatus::DocumentsComplete);
        let kinds: Vec<_> = event.documents.iter().filter_map(|document| document.kind).collect();
        assert_eq!(kinds, [DocumentKind::Passport, DocumentKind::ProofOfAddress]);
        assert_eq!(event.document_count, 2);
    }

    #[tokio::test]
    async fn a_life_insurance_wants_the_income_too() {
        let documents = json!([
            { "documentId": "d-1", "fileName": "a.pdf", "kind": "ID_CARD" },
            { "documentId": "d-2", "fileName": "b.pdf", "kind": "PROOF_OF_ADDRESS" },
        ]);
        let event = decide(&user("LIFE"), documents).await.expect("an event");
        assert_eq!(event.missing, [DocumentKind::ProofOfIncome]);
        assert_eq!(event.status, DocumentsProcessedStatus::DocumentsIncomplete);
    }

    #[tokio::test]
    async fn an_expired_passport_and_an_old_bill_count_for_nothing() {
        let documents = json!([
            { "documentId": "d-1", "fileName": "a.pdf", "kind": "PASSPORT", "expiresOn": "2026-11-22" },
            { "documentId": "d-2", "fileName": "b.pdf", "kind": "PROOF_OF_ADDRESS", "issuedOn": "2026-05-23" },
        ]);
        let event = decide(&user("AUTO"), documents).await.expect("an event");
        assert_eq!(event.missing, [DocumentKind::Passport, DocumentKind::ProofOfAddress]);
    }

    #[tokio::test]
    async fn a_document_is_good_on_its_last_day() {
        let documents = json!([
            { "documentId": "d-1", "fileName": "a.pdf", "kind": "PASSPORT", "expiresOn": "2026-11-23" },
            { "documentId": "d-2", "fileName": "b.pdf", "kind": "PROOF_OF_ADDRESS", "issuedOn": "2026-05-24" },
        ]);
        let event = decide(&user("AUTO"), documents).await.expect("an event");
        assert_eq!(event.status, DocumentsProcessedStatus::DocumentsComplete);
    }

    #[tokio::test]
    async fn two_documents_of_one_id_are_refused() {
        let documents = json!([
            { "documentId": "d-1", "fileName": "a.pdf" },
            { "documentId": "d-1", "fileName": "b.pdf", "issuedOn": "2027-01-01" },
        ]);
        let refusal = decide(&user("AUTO"), documents).await.expect_err("a refusal");
        assert_eq!(
            refusal.to_string(),
            "/documents/1/documentId is that of another document of the list; /documents/1/issuedOn is in the future"
        );
    }

    #[tokio::test]
    async fn documents_wait_for_the_first_step() {
        let refusal = decide(&MemoryTables::default(), json!([{ "documentId": "d-1", "fileName": "a.pdf" }]))
            .await
            .expect_err("a refusal");
        assert!(matches!(refusal, Refusal::Conflict { code: "CUSTOMER_UNKNOWN", retryable: true, .. }));
    }
}
