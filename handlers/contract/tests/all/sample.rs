//! An event as generated code has it.

use std::{borrow::Cow, fmt};

use contract::{Date, Decimal, Event, Fields, Object, Personal, Timestamp, Uuid, check};
use serde::Serialize;

#[allow(clippy::struct_field_names, reason = "`orderedAt` is the field's name in the manifest")]
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ordered {
    pub(crate) customer_id: String,
    pub(crate) order_id: Uuid,
    pub(crate) price: Decimal,
    pub(crate) due: Date,
    pub(crate) ordered_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
}

impl fmt::Debug for Ordered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ordered")
            .field("order_id", &self.order_id)
            .field("email", &Personal)
            .finish_non_exhaustive()
    }
}

impl Object for Ordered {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &check::text(1, 64));
        let order_id = fields.required("orderId", &check::uuid());
        let price = fields.required("price", &check::decimal("0", "1000", 2));
        let due = fields.required("due", &check::date());
        let ordered_at = fields.required("orderedAt", &check::timestamp());
        let email = fields.optional("email", &check::email());
        Some(Self {
            customer_id: customer_id?,
            order_id: order_id?,
            price: price?,
            due: due?,
            ordered_at: ordered_at?,
            email: email?,
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OrderRequest {
    pub(crate) customer_id: String,
    pub(crate) email: Option<String>,
}

impl Object for OrderRequest {
    const COMPUTED: &'static [&'static str] = &["orderId", "price", "due", "orderedAt"];
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let customer_id = fields.required("customerId", &check::text(1, 64));
        let email = fields.optional("email", &check::email());
        Some(Self { customer_id: customer_id?, email: email? })
    }
}

impl Event for Ordered {
    const TOPIC: &'static str = "ordered";
    const VERSION: u32 = 3;
    const TYPE: &'static str = "shop.ordered";
    const KEY: &'static str = "customerId";
    const BROWSER: &'static [&'static str] = &["/customerId", "/price"];
    type Request = OrderRequest;
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.customer_id)
    }
}

pub(crate) fn ordered() -> Ordered {
    Ordered {
        customer_id: "c-1".into(),
        order_id: Uuid::nil(),
        price: "12.50".parse().expect("a decimal"),
        due: "2026-11-24".parse().expect("a date"),
        ordered_at: "2026-11-23T12:00:00.5Z".parse().expect("an instant"),
        email: Some("jo@example.com".into()),
    }
}
