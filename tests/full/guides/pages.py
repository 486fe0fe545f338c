"""The shell blocks, inline commands and links of Markdown pages.

A shell block says in its first line where it can run:

    ```sh local             on the local run
    ```sh account: why not  in an account alone; its commands are checked for their names and options
"""

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(\s*)```(.*)$")
SHELLS = {"sh", "bash", "shell", "console", "zsh"}


@dataclass
class Block:
    page: Path
    line: int  # of its first command
    kind: str  # local, account
    reason: str
    text: str


@dataclass
class Page:
    path: Path
    blocks: list
    prose: list  # (line, text), without any block
    faults: list  # what of its blocks can't be classed


def read(path):
    page = Page(path, [], [], [])
    fence = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        met = FENCE.match(line)
        if fence is None and met:
            fence = (number, met[2].strip(), [])
        elif fence is not None and met and not met[2].strip():
            close(page, *fence)
            fence = None
        elif fence is not None:
            fence[2].append(line)
        else:
            page.prose.append((number, line))
    if fence is not None:
        page.faults.append((fence[0], "a block that has no end"))
    return page


def close(page, number, info, lines):
    language, _, rest = info.partition(" ")
    if language not in SHELLS:
        return
    kind, _, reason = rest.partition(":")
    kind, reason = kind.strip(), reason.strip()
    if kind not in {"local", "account"}:
        page.faults.append((number, f"`{info}` doesn't say where it can run: `sh local`, or `sh account: why`"))
    elif (kind == "account") != bool(reason):
        page.faults.append((number, f"`{info}`: an account block has a reason, a local one none"))
    else:
        page.blocks.append(Block(page.path, number + 1, kind, reason, "\n".join(lines)))


def inline_makes(page):
    """`make deploy ENV=dev`, in the prose."""
    for number, line in page.prose:
        for code in re.findall(r"`([^`]+)`", line):
            if code.startswith("make ") and not re.search(r"[<>…]|\.\.\.", code):
                yield number, code.partition(" #")[0].strip()


def inline_options(page):
    """`--preview`, in the prose; what is said of others' programs begins with their names."""
    for number, line in page.prose:
        for code in re.findall(r"`([^`]+)`", line):
            if code.startswith("--"):
                yield number, code.split()[0].partition("=")[0]


def broken_links(page, root):
    """Links to files and places that aren't there."""
    for number, line in page.prose:
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, place = target.partition("#")
            file = (page.path.parent / name).resolve() if name else page.path
            if not file.exists() or root not in file.parents:
                yield number, f"there is no {target}"
            elif place and file.suffix == ".md" and place not in places(file):
                yield number, f"{file.name} has no place #{place}"


def places(file):
    """The anchors that GitHub gives headings, and those that are written."""
    text = file.read_text()
    found = set(re.findall(r'<a id="([^"]+)"', text))
    for _, line in read(file).prose:
        heading = re.match(r"#+\s+(.*)", line)
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            found.add(re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-"))
    return found
