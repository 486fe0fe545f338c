"""Runs the commands of the pages, in one shell, one page after the other; GUIDES_* say with what.

usage: run.py PROJECT WORK, which holds `targets`, the names that `make help` lists
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pages

NAMES = ["aws", "make", "wscat", "curl", "cdk", "npx", "kafka-topics.sh", "kafka-consumer-groups.sh"]
NAMES += ["kafka-console-consumer.sh", "kafka-log-dirs.sh", "kafka-reassign-partitions.sh"]
# What may run as it is. Anything else has no class, and fails.
PLAIN = ["jq", "sed", "sort", "head", "tail", "cat", "grep"]
# Others go by what these set up.
ORDER = ["README.md", "quick-reference.md", "deployment.md", "kafka.md"]

HEAD = """\
note() { printf '%s: %s\\n' "$GUIDES_AT" "$1" >>"$GUIDES_WORK/failures"; }
command_not_found_handle() { note "\\`$1\\` is no command that this test knows"; return 127; }
trap 'note "ended with $?: $BASH_COMMAND"' ERR
set -uE
"""


def options():
    """Every option of our programs."""
    known = set()
    programs = [[os.environ["GUIDES_OPS"]], [os.environ["GUIDES_INFRA_GEN"]], [os.environ["GUIDES_LOCAL"]]]
    while programs:
        program = programs.pop()
        help = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True).stdout
        known |= set(re.findall(r"--[a-z][a-z-]*", help))
        commands = re.search(r"^Commands:\n((?: +.*\n)+)", help, re.M)
        programs += [[*program, name] for name in re.findall(r"^  ([a-z-]+)", commands[1], re.M) if name != "help"] if commands else []
    return known


def main():
    project, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    targets = set((work / "targets").read_text().split())
    found = [pages.read(path) for path in [project / "README.md", *sorted((project / "generated/docs").glob("*.md"))]]
    found.sort(key=lambda page: ORDER.index(page.path.name) if page.path.name in ORDER else len(ORDER))
    faults = [f"{page.path.name}:{line}: {fault}" for page in found for line, fault in page.faults]
    for page in found:
        faults += [f"{page.path.name}:{line}: {link}" for line, link in pages.broken_links(page, project)]
        for line, code in pages.inline_makes(page):
            target = next((word for word in code.split()[1:] if "=" not in word), None)
            if target and target not in targets:
                faults.append(f"{page.path.name}:{line}: `{code}`: `make help` has no {target}")
    if len(found) < 2 or not any(page.blocks for page in found):
        sys.exit("guides: there are no pages")

    known = options()
    for page in found:
        for line, option in pages.inline_options(page):
            if option not in known:
                faults.append(f"{page.path.name}:{line}: none of our programs has {option}")

    bin = work / "bin"
    bin.mkdir()
    for name in NAMES:
        shim = bin / name
        shim.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\nimport commands\n"
        )
        shim.chmod(0o755)
    for name in PLAIN:
        (bin / name).symlink_to(shutil.which(name))

    script = [HEAD]
    for page in found:
        for block in page.blocks:
            at = shlex.quote(f"{page.path.name}:{block.line}")
            script.append(f"export GUIDES_AT={at} GUIDES_KIND={block.kind}")
            script.append(block.text)
    place = work / "project"
    place.mkdir()
    shutil.copytree(project / "generated", place / "generated")
    shutil.copy(project / "topics.yaml", place)
    environment = {**os.environ, "PATH": str(bin), "GUIDES_PATH": os.environ["PATH"], "GUIDES_WORK": str(work), "GUIDES_PROJECT": str(project)}
    bash = subprocess.run([shutil.which("bash"), "-c", "\n".join(script)], cwd=place, env=environment, check=False)
    for file in work.glob("wscat-*"):
        if '"type"' in file.read_text():
            break
    else:
        faults.append("nothing was pushed to a WebSocket client of the pages")
    lines = lambda name: (work / name).read_text().splitlines() if (work / name).exists() else []
    faults += lines("failures")
    if bash.returncode == 2:
        faults.append("the blocks are no shell script")
    for block in (block for page in found for block in page.blocks if block.kind == "account"):
        print(f"-- guides: {block.page.name}:{block.line}: not run: {block.reason}")
    print(f"-- guides: {len(lines('ran'))} commands run, {len(lines('checked'))} checked for their names and options")
    for fault in faults:
        print(f"guides: {fault}", file=sys.stderr)
    sys.exit(bool(faults))


main()
