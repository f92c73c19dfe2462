"""The guides whose printed results are compared."""

import os
import re
import subprocess

from harness import BUILD, SOURCE, equal, expect, fresh_store, test


def shown(lines, printed):
    """Whether the lines stand in what was printed, in this order; … stands for anything."""
    at = 0
    for line in lines:
        parts = [re.escape(part) for part in line.split("…")]
        pattern = re.compile("^" + ".*".join(parts) + "$", re.M)
        found = pattern.search(printed, at)
        expect(found, "not printed: " + line, printed)
        at = found.end()


def runs(page, least):
    """Runs the page's commands, of which there are at least so many blocks."""
    store = fresh_store("sqlite")
    with open(os.path.join(SOURCE, "docs", "guides", page), encoding="utf-8") as file:
        blocks = re.findall(r"```sh\n(.*?)```\n(?:\n```text\n(.*?)```)?", file.read(), re.S)
    os.symlink(os.path.join(SOURCE, "examples"), os.path.join(store.folder, "examples"))
    paths = os.path.abspath(BUILD) + os.pathsep + os.environ["PATH"]
    expect(len(blocks) >= least, "commands are missing")
    for block, result in blocks:
        ran = subprocess.run(["sh", "-e"], cwd=store.folder, capture_output=True, text=True,
                             input=block, env=dict(os.environ, PATH=paths))
        equal(ran.returncode, 0, block + ran.stdout + ran.stderr)
        shown(result.splitlines(), ran.stdout)


@test("the commands of the guide to the catalogue run as they stand and print what it shows")
def catalogue():
    runs("catalogue.md", 9)


@test("the commands of the guide to onboarding run as they stand and print what it shows")
def onboarding():
    runs("onboarding.md", 8)
