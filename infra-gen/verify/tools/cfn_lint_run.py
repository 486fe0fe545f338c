"""Runs cfn-lint over the templates that are named, and prints what it found as JSON (see src/report.rs)."""

import json
import sys

from cfnlint.config import ConfigMixIn
from cfnlint.core import get_rules
from cfnlint.runner import run_template_by_file_path
from cfnlint.version import __version__

# The manifest names no Region; these two stand for all, an American and a European one. tests/full/cfn-lint.sh has them too.
REGIONS = ["us-east-1", "eu-west-1"]


def resource_of(match) -> str:
    path = [str(step) for step in getattr(match, "path", None) or []]
    return path[1] if len(path) > 1 and path[0] in ("Resources", "Parameters", "Outputs", "Conditions", "Rules") else ""


def main(templates: list[str]) -> None:
    config = ConfigMixIn(regions=REGIONS, templates=templates)
    rules = get_rules([], config.ignore_checks, config.include_checks, config.configure_rules)
    findings, seen = [], []
    for path in templates:
        for match in run_template_by_file_path(path, config, rules, ignore_bad_template=False):
            findings.append(
                {"rule": match.rule.id, "template": path, "resource": resource_of(match), "message": match.message}
            )
        seen.append(path)
    json.dump({"version": __version__, "rules": len(rules), "templates": seen, "findings": findings}, sys.stdout)


main(sys.argv[1:])
