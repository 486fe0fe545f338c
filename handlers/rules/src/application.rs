//! What the tables know of a customer's application.

use contract::{Item, Key, Refusal, Tables, Uuid};
use events::tables;

/// The customer's details, if this application is the one that they opened.
///
/// # Errors
/// A refusal that may be tried again while the first step is on its way, and one that may not when the
/// application is somebody else's.
pub async fn of_customer<T: Tables>(
    tables: &T,
    customer_id: &str,
    application_id: Uuid,
) -> Result<Item, Refusal> {
    let Some(user) = tables.get(&tables::USERS, Key::new(customer_id)).await? else {
        return Err(Refusal::not_yet("CUSTOMER_UNKNOWN", "There are no details of this customer yet."));
    };
    if text(&user, "applicationId") == Some(application_id.to_string().as_str()) {
        Ok(user)
    } else {
        Err(Refusal::field("/applicationId", "is not the customer's current application"))
    }
}

/// The latest result of the identity check of this application.
///
/// # Errors
/// When the table can't be read.
pub async fn latest_kyc<T: Tables>(
    tables: &T,
    customer_id: &str,
    application_id: Uuid,
) -> Result<Option<Item>, Refusal> {
    // A customer is checked a few times at most; a hundred is far beyond that.
    let results = tables.query(&tables::KYC_RESULTS, customer_id, 100).await?;
    let application_id = application_id.to_string();
    Ok(results
        .into_iter()
        .filter(|result| text(result, "applicationId") == Some(&application_id))
        .max_by_key(|result| text(result, "verifiedAt").map(str::to_owned)))
}

/// Lets only those go on whose identity is verified: with the result that says so.
///
/// # Errors
/// A refusal with the reason why the customer can't go on, or can't yet.
pub async fn require_verified<T: Tables>(
    tables: &T,
    customer_id: &str,
    application_id: Uuid,
) -> Result<Item, Refusal> {
    let Some(result) = latest_kyc(tables, customer_id, application_id).await? else {
        return Err(Refusal::not_yet("KYC_MISSING", "The identity has not been checked yet."));
    };
    match text(&result, "status") {
        Some("VERIFIED") => Ok(result),
        Some("REVIEW") => {
            Err(Refusal::conflict("KYC_IN_REVIEW", "The identity check is being reviewed by a person."))
        }
        _ => Err(Refusal::conflict("KYC_REJECTED", "The identity check was not passed.")),
    }
}

/// An attribute that holds text.
pub fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_str()
}
