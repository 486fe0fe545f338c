//! The events of a root stack and of those nested in it, each told once.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::{Client, types::StackEvent};
use aws_smithy_types::DateTime;

use crate::aws::{Fault, Told as _};

/// The type of a nested stack.
pub(crate) const STACK: &str = "AWS::CloudFormation::Stack";

/// Something happened to a resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// CloudFormation's own.
    pub(crate) id: String,
    /// The nested stack's logical id; empty for the root.
    pub(crate) stack: String,
    /// The resource's logical id.
    pub(crate) resource: String,
    /// The resource's own id in the account, as soon as it has one.
    pub(crate) physical: String,
    /// `AWS::MSK::Cluster`.
    pub(crate) ty: String,
    /// `CREATE_IN_PROGRESS`.
    pub(crate) status: String,
    /// CloudFormation's or the service's words.
    pub(crate) reason: String,
    /// When.
    pub(crate) at: DateTime,
    /// It is about the stack whose event it is, and not about a resource in it.
    pub(crate) own: bool,
}

impl Event {
    fn of(stack: &str, event: &StackEvent) -> Self {
        let text = |field: Option<&str>| field.unwrap_or_default().to_owned();
        Self {
            id: text(event.event_id()),
            stack: stack.to_owned(),
            resource: text(event.logical_resource_id()),
            physical: text(event.physical_resource_id()),
            ty: text(event.resource_type()),
            status: event.resource_status().map_or("", |status| status.as_str()).to_owned(),
            reason: text(event.resource_status_reason()),
            at: event.timestamp().copied().unwrap_or(DateTime::from_secs(0)),
            own: event.resource_type() == Some(STACK)
                && event.physical_resource_id().is_some_and(|id| Some(id) == event.stack_id()),
        }
    }

    /// `Foundation/Cluster`; `Dashboard` in the root.
    pub(crate) fn place(&self) -> String {
        place(&self.stack, &self.resource)
    }

    /// It failed.
    pub(crate) fn failed(&self) -> bool {
        self.status.ends_with("_FAILED")
    }

    /// An operation begins with it: `CREATE_IN_PROGRESS` of the stack itself.
    fn begins(&self) -> bool {
        self.own
            && matches!(
                self.status.as_str(),
                "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" | "DELETE_IN_PROGRESS" | "IMPORT_IN_PROGRESS"
            )
    }
}

/// `Foundation/Cluster`; `Dashboard` in the root.
pub(crate) fn place(stack: &str, resource: &str) -> String {
    if stack.is_empty() { resource.to_owned() } else { format!("{stack}/{resource}") }
}

/// Reads the events of one operation, from its beginning.
///
/// An event is asked for until it was seen, so a poll that fails loses nothing.
#[derive(Debug)]
pub(crate) struct Events {
    client: Client,
    /// Stacks to ask, by their ids; the value is the logical id in the root.
    stacks: BTreeMap<String, String>,
    seen: BTreeSet<String>,
    /// When the operation began.
    since: DateTime,
}

impl Events {
    /// From the beginning of the operation that runs or ran last on the stack with this id.
    pub(crate) async fn of_last_operation(client: Client, id: &str) -> Result<Self, Fault> {
        let since = beginning(&client, id).await?;
        Ok(Self::since(client, id, since))
    }

    /// What happens from now on.
    pub(crate) async fn from_now(client: Client, id: &str) -> Result<Self, Fault> {
        let told = client.describe_stack_events().stack_name(id).send().await.fault()?;
        let events: Vec<Event> = told.stack_events().iter().map(|event| Event::of("", event)).collect();
        let since = events.first().map_or(DateTime::from_secs(0), |newest| newest.at);
        let mut all = Self::since(client, id, since);
        all.seen = events.into_iter().map(|event| event.id).collect();
        Ok(all)
    }

    fn since(client: Client, id: &str, since: DateTime) -> Self {
        let stacks = BTreeMap::from([(id.to_owned(), String::new())]);
        Self { client, stacks, seen: BTreeSet::new(), since }
    }

    /// The events that were not yet told, oldest first.
    ///
    /// # Errors
    /// A call failed; what it would have told comes with the next one.
    pub(crate) async fn next(&mut self) -> Result<Vec<Event>, Fault> {
        let mut found = vec![];
        let mut asked = BTreeSet::new();
        // A nested stack that is heard of for the first time is asked at once.
        while let Some((id, name)) = self.stacks.iter().find(|(id, _)| !asked.contains(*id)) {
            let (id, name) = (id.clone(), name.clone());
            for event in self.page(&id, &name).await? {
                if name.is_empty() && event.ty == STACK && !event.own && !event.physical.is_empty() {
                    self.stacks.insert(event.physical.clone(), event.resource.clone());
                }
                found.push(event);
            }
            asked.insert(id);
        }
        self.seen.extend(found.iter().map(|event| event.id.clone()));
        found.sort_by(|a, b| (a.at, &a.stack).cmp(&(b.at, &b.stack)));
        Ok(found)
    }

    /// What one stack has to tell, oldest first.
    async fn page(&self, id: &str, name: &str) -> Result<Vec<Event>, Fault> {
        let mut new = vec![];
        let mut token = None;
        loop {
            let told =
                self.client.describe_stack_events().stack_name(id).set_next_token(token).send().await.fault();
            let told = match told {
                // A nested stack that is gone has told all that it had.
                Err(fault) if !name.is_empty() && fault.is("ValidationError") => break,
                told => told?,
            };
            for event in told.stack_events() {
                let event = Event::of(name, event);
                // Newest first: what follows is older still.
                if event.at < self.since || self.seen.contains(&event.id) {
                    new.reverse();
                    return Ok(new);
                }
                new.push(event);
            }
            token = told.next_token;
            if token.is_none() {
                break;
            }
        }
        new.reverse();
        Ok(new)
    }
}

/// When the last operation of the stack began.
async fn beginning(client: &Client, id: &str) -> Result<DateTime, Fault> {
    let mut token = None;
    let mut oldest = DateTime::from_secs(0);
    loop {
        let told =
            client.describe_stack_events().stack_name(id).set_next_token(token).send().await.fault()?;
        for event in told.stack_events() {
            let event = Event::of("", event);
            if event.begins() {
                return Ok(event.at);
            }
            oldest = event.at;
        }
        token = told.next_token;
        if token.is_none() {
            return Ok(oldest);
        }
    }
}
