"""Seeds each mistake of mistakes.json into the shipped production templates, and compares what checkers found.

usage: seed.py seed TEMPLATES FOLDER    one folder for each mistake, with the one template that has it
       seed.py judge REPORT             REPORT is what `verify --json` said of that folder
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
CHECKERS = ("cfn-lint", "cloudformation-validate")


def mistakes():
    return json.loads((HERE / "mistakes.json").read_text())


def template_of(mistake, templates):
    stack = mistake["stack"]
    if not stack:
        return next(templates.glob("*.template.json"))
    root = json.loads(next(templates.glob("*.template.json")).read_text())
    key = root["Mappings"]["Templates"]["prod"][stack]
    assets = json.loads(next(templates.glob("*-prod.assets.json")).read_text())
    for asset in assets["files"].values():
        if any(to["objectKey"] == key for to in asset["destinations"].values()):
            return templates / asset["source"]["path"]
    raise SystemExit(f"the root names no template for {stack}")


def seed(templates, folder):
    for number, mistake in enumerate(mistakes(), 1):
        template = json.loads(template_of(mistake, templates).read_text())
        at = template["Resources"][mistake["resource"]]
        *path, last = [int(step) if step.isdigit() else step for step in mistake["at"].split("/")]
        for step in path:
            at = at[step]
        if "to" in mistake:
            at[last] = mistake["to"]
        else:
            del at[last]
        to = folder / f"{number:02}"
        to.mkdir(parents=True)
        (to / "mistake.template.json").write_text(json.dumps(template, indent=1) + "\n")


def judge(report):
    found = {}
    for finding in report["findings"]:
        number = pathlib.PurePath(finding["template"]).parent.name
        found.setdefault((number, finding["checker"], finding["resource"]), set()).add(finding["rule"])
    failed = 0
    for number, mistake in enumerate(mistakes(), 1):
        lines = []
        for checker in CHECKERS:
            rules = found.get((f"{number:02}", checker, mistake["resource"]), set())
            wanted = mistake["caught"].get(checker)
            if wanted and wanted not in rules:
                failed += 1
                lines.append(f"{checker} did not find {wanted}, but {', '.join(sorted(rules)) or 'nothing'}")
            elif wanted:
                lines.append(f"{checker} {wanted}")
        own = [f"{by} {what}" for by, what in mistake["caught"].items() if by not in CHECKERS]
        print(f"{number:2} {mistake['mistake']}: {', '.join(own + lines)}")
    if failed:
        raise SystemExit(f"{failed} mistakes were not found as mistakes.json says")
    print(f"{len(mistakes())} passed, 0 failed")


if __name__ == "__main__":
    if sys.argv[1] == "seed":
        seed(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    else:
        judge(json.loads(pathlib.Path(sys.argv[2]).read_text()))
