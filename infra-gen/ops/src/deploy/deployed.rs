//! What is deployed: the templates and parameters that the account has.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Stack, TemplateStage};
use changes::Assembly;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use crate::{
    Problem,
    aws::{Aws, Told as _},
    stack::STACK,
};

/// Calls at once.
const AT_ONCE: usize = 6;

/// The parameters of a stack.
pub(crate) fn parameters(stack: Option<&Stack>) -> BTreeMap<String, String> {
    let all = stack.map(Stack::parameters).unwrap_or_default().iter();
    all.filter_map(|parameter| {
        Some((parameter.parameter_key()?.to_owned(), parameter.parameter_value()?.to_owned()))
    })
    .collect()
}

/// The templates of a root stack and of those nested in it; none where there is no stack.
pub(crate) async fn assembly(aws: &Aws, name: &str, stack: Option<&Stack>) -> Result<Assembly, Problem> {
    let Some(id) = stack.and_then(Stack::stack_id) else {
        return Ok(Assembly::deployed(name, json!({}), []));
    };
    let nested = nested(aws, id).await?;
    let nested: Vec<(String, Value)> = stream::iter(nested)
        .map(|(logical, physical)| async move { Ok((logical, template(aws, &physical).await?)) })
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<_>>()
        .await
        .map_err(|problem: Problem| problem)?;
    Ok(Assembly::deployed(name, template(aws, id).await?, nested))
}

/// The nested stacks: logical and physical ids.
pub(crate) async fn nested(aws: &Aws, id: &str) -> Result<Vec<(String, String)>, Problem> {
    let resources = resources(aws, id).await?;
    let stacks =
        resources.into_iter().filter(|resource| resource.ty == STACK && !resource.physical.is_empty());
    Ok(stacks.map(|resource| (resource.id, resource.physical)).collect())
}

/// A resource that a stack has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) id: String,
    pub(crate) physical: String,
    pub(crate) ty: String,
}

/// All resources of one stack that are there.
pub(crate) async fn resources(aws: &Aws, id: &str) -> Result<Vec<Resource>, Problem> {
    let client = aws.cloudformation();
    let mut found = vec![];
    let mut token = None;
    loop {
        let told = client
            .list_stack_resources()
            .stack_name(id)
            .set_next_token(token)
            .send()
            .await
            .told("list the resources of the stack")?;
        for resource in told.stack_resource_summaries() {
            let gone = resource.resource_status().is_some_and(|status| status.as_str() == "DELETE_COMPLETE");
            if !gone {
                let text = |field: Option<&str>| field.unwrap_or_default().to_owned();
                found.push(Resource {
                    id: text(resource.logical_resource_id()),
                    physical: text(resource.physical_resource_id()),
                    ty: text(resource.resource_type()),
                });
            }
        }
        token = told.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}

/// The template of one stack.
pub(crate) async fn template(aws: &Aws, id: &str) -> Result<Value, Problem> {
    let doing = format!("read the template of {id}");
    let told = aws
        .cloudformation()
        .get_template()
        .stack_name(id)
        .template_stage(TemplateStage::Original)
        .send()
        .await
        .told(&doing)?;
    let body = told.template_body.unwrap_or_default();
    serde_json::from_str(&body).map_err(|error| {
        Problem::failed(format!("can't {doing}: it is not JSON: {error}"))
            .note("the stack was made from another template than the rendered ones")
            .help("rename `app` in the manifest, or delete that stack")
    })
}
