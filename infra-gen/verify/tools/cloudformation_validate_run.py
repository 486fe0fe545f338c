"""Runs AWS's cloudformation-validate over the templates that are named, and prints what it found as JSON (see
src/report.rs)."""

import json
import sys

from cloudformation_validate import CompositeEngine, Severity, version

# What tells of a mistake. INFO tells facts (`create-only; updating it will cause replacement`), DEBUG how it went.
LEVELS = {Severity.FATAL, Severity.ERROR, Severity.WARN}


def main(templates: list[str]) -> None:
    engine = CompositeEngine()
    findings, seen = [], []
    for path in templates:
        report = engine.validate_template(path)
        for diagnostic in report.diagnostics:
            if diagnostic.severity in LEVELS:
                findings.append(
                    {
                        "rule": diagnostic.rule_id,
                        "template": path,
                        "resource": diagnostic.entity.logical_id if diagnostic.entity else "",
                        "message": diagnostic.message,
                    }
                )
        seen.append(report.file_path)
    rules = len(engine.list_rules())
    json.dump({"version": version(), "rules": rules, "templates": seen, "findings": findings}, sys.stdout)


main(sys.argv[1:])
