"""Runs checkov over the templates that are named, and prints what it found as JSON (see src/report.rs)."""

import json
import logging
import os
import sys

# Before checkov is imported, which is when it sets up its log.
os.environ["LOG_LEVEL"] = "ERROR"

from checkov.cloudformation.checks.resource.aws import LambdaEnvironmentCredentials  # noqa: E402
from checkov.cloudformation.checks.resource.registry import cfn_registry  # noqa: E402
from checkov.cloudformation.runner import Runner  # noqa: E402
from checkov.runner_filter import RunnerFilter  # noqa: E402
from checkov.version import version  # noqa: E402

logging.disable(logging.WARNING)


def pass_over_paths(templates: list[str]) -> None:
    """Mends CKV_AWS_45: checkov writes each template's own path into its objects, among them a function's variables,
    and takes a path for an AWS key where the checkout lies so that 40 characters stand between two marks."""
    secrets_of = LambdaEnvironmentCredentials.get_secrets_from_string
    paths = set(templates)
    LambdaEnvironmentCredentials.get_secrets_from_string = lambda text, *kinds: (
        [] if text in paths else secrets_of(text, *kinds)
    )


def main(templates: list[str]) -> None:
    pass_over_paths(templates)
    runner = Runner()
    # As the command line has it: else the runner takes the templates for read already, and passes over all of them.
    runner.breadcrumbs = None
    report = runner.run(
        root_folder=None,
        files=templates,
        runner_filter=RunnerFilter(framework=["cloudformation"], show_progress_bar=False),
    )
    findings = [
        {
            "rule": record.check_id,
            "template": record.file_abs_path,
            "resource": record.resource.rpartition(".")[2],
            "message": record.check_name,
        }
        for record in report.failed_checks
    ]
    rules = {check.id for checks in cfn_registry.checks.values() for check in checks}
    rules |= {check.id for check in runner.graph_registry.checks}
    seen = [path for path in runner.definitions if path not in report.parsing_errors]
    json.dump({"version": version, "rules": len(rules), "templates": seen, "findings": findings}, sys.stdout)


main(sys.argv[1:])
