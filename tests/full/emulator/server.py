"""The emulator as `ops deploy` needs it, which sends the templates as they are: started in place of the program `ministack`.

- A type that its CloudFormation lacks is made through its service's API (`made` in known.json). One that the service lacks,
  too (`refused` and `lacking`), is a placeholder: its stack has it, and nothing is made.
- A template's URL may name the bucket in its host, as CloudFormation's users write it.
- Nested stacks are told of as CloudFormation does, and one that could not be created leaves nothing behind.

Nothing else is changed: what a stack makes, rejects or deletes is the emulator's doing.
"""

from urllib.parse import urlparse

import apis
import lacking
import nested
from known import KNOWN
from ministack.app import main
from ministack.services.cloudformation import helpers


def resolve(params, body_key, url_key, label, original=helpers._resolve_document):
    """`https://bucket.s3.region.amazonaws.com/key` as `https://host/bucket/key`, which the emulator understands."""
    params = dict(params)
    given = params.get(url_key)
    url = given[0] if isinstance(given, list) else given
    if url:
        parts = urlparse(url)
        bucket, dot, rest = (parts.hostname or "").partition(".s3.")
        if dot and rest.endswith("amazonaws.com"):
            params[url_key] = [f"https://s3.{rest}/{bucket}{parts.path}"]
    return original(params, body_key, url_key, label)


if __name__ == "__main__":
    apis.extend()
    lacking.extend([*KNOWN["refused"], *KNOWN["lacking"]])
    nested.extend()
    helpers._resolve_document = resolve
    main()
