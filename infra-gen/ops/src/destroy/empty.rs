//! Buckets that have to be empty before they can be deleted.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::{
    Problem,
    aws::{Aws, Told as _},
};

/// Those of the buckets that hold something, if only an old version.
pub(super) async fn with_objects(aws: &Aws, buckets: &[String]) -> Result<Vec<String>, Problem> {
    let mut full = vec![];
    for bucket in buckets {
        let told = aws.s3().list_object_versions().bucket(bucket).max_keys(1).send().await.fault();
        match told {
            Ok(told) if told.versions().is_empty() && told.delete_markers().is_empty() => {}
            Ok(_) => full.push(bucket.clone()),
            Err(fault) if fault.is("NoSuchBucket") => {}
            Err(fault) => return Err(fault.problem(&format!("look into the bucket {bucket}"))),
        }
    }
    Ok(full)
}

/// Removes every version of every object.
pub(super) async fn empty(aws: &Aws, bucket: &str) -> Result<(), Problem> {
    let doing = format!("empty the bucket {bucket}");
    let s3 = aws.s3();
    loop {
        let told = s3.list_object_versions().bucket(bucket).send().await.told(&doing)?;
        let versions = told.versions().iter().map(|version| (version.key(), version.version_id()));
        let markers = told.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
        let objects: Result<Vec<ObjectIdentifier>, _> = versions
            .chain(markers)
            .map(|(key, version)| {
                let key = key.unwrap_or_default();
                ObjectIdentifier::builder().key(key).set_version_id(version.map(str::to_owned)).build()
            })
            .collect();
        let objects = objects.map_err(|error| Problem::failed(format!("can't {doing}: {error}")))?;
        if objects.is_empty() {
            return Ok(());
        }
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build();
        let delete = delete.map_err(|error| Problem::failed(format!("can't {doing}: {error}")))?;
        let told = s3.delete_objects().bucket(bucket).delete(delete).send().await.told(&doing)?;
        if let Some(error) = told.errors().first() {
            return Err(Problem::failed(format!("can't {doing}")).note(format!(
                "{}: {}",
                error.key().unwrap_or_default(),
                error.message().unwrap_or_default()
            )));
        }
    }
}
