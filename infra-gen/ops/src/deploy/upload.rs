//! Puts templates and zips into the bucket, each once: their keys are made from their contents.

use aws_sdk_s3::{Client, primitives::ByteStream};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{bucket::Bucket, fresh::Template, zips::Zip};
use crate::{
    Problem,
    aws::{Aws, Fault, Identity, Told as _, status},
};

/// Calls at once.
const AT_ONCE: usize = 8;

/// Puts what isn't there yet; how many that were.
///
/// # Errors
/// The first one that could not be put. What was put before it is found again by the next run.
pub(crate) async fn upload(
    aws: &Aws,
    bucket: &Bucket,
    identity: &Identity,
    templates: &[Template],
    zips: &[Zip],
) -> Result<usize, Problem> {
    let templates = templates
        .iter()
        .map(|template| (template.key.as_str(), template.contents.as_bytes(), "application/json"));
    let zips = zips.iter().map(|zip| (zip.key.as_str(), zip.contents.as_slice(), "application/zip"));
    let s3 = aws.s3();
    let put = stream::iter(templates.chain(zips))
        .map(|(key, contents, ty)| put(&s3, bucket, identity, key, contents, ty))
        .buffer_unordered(AT_ONCE)
        .try_fold(0, |sum, new| async move { Ok(sum + usize::from(new)) });
    put.await
}

/// Whether it was not there yet.
async fn put(
    s3: &Client,
    bucket: &Bucket,
    identity: &Identity,
    key: &str,
    contents: &[u8],
    ty: &str,
) -> Result<bool, Problem> {
    let doing = || format!("put {key} into the bucket {}", bucket.name);
    let head = s3.head_object().bucket(&bucket.name).key(key).expected_bucket_owner(&identity.account);
    match head.send().await {
        Ok(_) => return Ok(false),
        // Without s3:ListBucket a missing object looks like a forbidden one, and credentials that have expired are told
        // with 400, whose words are in a body that a HEAD doesn't get: putting it decides.
        Err(error) if status(&error).is_some_and(|status| matches!(status, 400 | 403 | 404)) => {}
        Err(error) => return Err(Fault::of(&error).problem(&doing())),
    }
    s3.put_object()
        .bucket(&bucket.name)
        .key(key)
        .expected_bucket_owner(&identity.account)
        .content_type(ty)
        .body(ByteStream::from(contents.to_vec()))
        .send()
        .await
        .told(&doing())?;
    Ok(true)
}
