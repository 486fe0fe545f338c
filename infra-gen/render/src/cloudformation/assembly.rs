//! The cloud assembly: what makes the rendered folder an app of the CDK toolkit.
//!
//! The toolkit runs the program named in `cdk.json` and reads `manifest.json`. One stack for each environment,
//! all of one root template, differ in the `Environment` parameter. Nested templates are file assets under the
//! key that the root template expects, in the bootstrap bucket. The form is that of
//! `@aws-cdk/cloud-assembly-schema`; version 38 is old enough for every toolkit in use, and has all that is
//! needed here.

use model::{Environment, Model};
use serde_json::{Value, json};

use super::RenderedTemplate;
use crate::File;

const SCHEMA_VERSION: &str = "38.0.0";
const BUCKET: &str = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}";

/// `manifest.json` and an asset list for each environment.
pub(super) fn files(model: &Model, root: &RenderedTemplate, nested: &[RenderedTemplate]) -> Vec<File> {
    let mut artifacts = serde_json::Map::new();
    let mut files = vec![];
    for environment in &model.environments {
        let stack = model.stack_name(environment);
        let assets = format!("{stack}.assets");
        artifacts.insert(
            assets.clone(),
            json!({
                "type": "cdk:asset-manifest",
                "properties": {
                    "file": format!("{assets}.json"),
                    "requiresBootstrapStackVersion": 6,
                    "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
                },
            }),
        );
        artifacts.insert(stack.clone(), stack_artifact(environment, &stack, &assets, root));
        let own = nested.iter().filter(|template| template.environment.as_ref() == Some(&environment.name));
        files.push(file(&format!("{assets}.json"), &asset_manifest(own.chain([root]))));
    }
    files.push(file("manifest.json", &json!({ "version": SCHEMA_VERSION, "artifacts": artifacts })));
    files
}

fn stack_artifact(environment: &Environment, stack: &str, assets: &str, root: &RenderedTemplate) -> Value {
    json!({
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {
            "templateFile": root.file_name(),
            "stackName": stack,
            "parameters": { "Environment": environment.name },
            "terminationProtection": environment.deletion_protection,
            "validateOnSynth": false,
            "assumeRoleArn": role("deploy-role"),
            "cloudFormationExecutionRoleArn": role("cfn-exec-role"),
            "stackTemplateAssetObjectUrl": format!("s3://{BUCKET}/{}", root.object_key()),
            "requiresBootstrapStackVersion": 6,
            "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
            "additionalDependencies": [assets],
        },
        "dependencies": [assets],
        "displayName": stack,
    })
}

fn asset_manifest<'a>(templates: impl Iterator<Item = &'a RenderedTemplate>) -> Value {
    let files: serde_json::Map<String, Value> = templates
        .map(|template| {
            let asset = json!({
                "displayName": template.file_name(),
                "source": { "path": template.file_name(), "packaging": "file" },
                "destinations": {
                    "current_account-current_region": {
                        "bucketName": BUCKET,
                        "objectKey": template.object_key(),
                        "assumeRoleArn": role("file-publishing-role"),
                    },
                },
            });
            (template.hash.clone(), asset)
        })
        .collect();
    json!({ "version": SCHEMA_VERSION, "files": files, "dockerImages": {} })
}

fn role(name: &str) -> String {
    format!(
        "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/cdk-hnb659fds-{name}-${{AWS::AccountId}}-${{AWS::Region}}"
    )
}

fn file(name: &str, contents: &Value) -> File {
    File::new(format!("cloudformation/{name}"), super::pretty(contents))
}
