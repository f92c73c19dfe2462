"""Checks of the text alone: sizes, columns, marks, rule ids, scripts."""

import re
import subprocess

from source import TOP, c_files, files, functions, lines, read

CODE = ("include", "libmarket", "cli", "bindings", "examples", "tests")
MAX_FUNCTION = 60
MAX_FILE = 600
MAX_COLUMNS = 100
RULE = re.compile(r"\b(?:SEL|BUY|CAT|ORD|PRO|FRT|PAY|ESC|RET|DIS|ACC|LED|COM|AFF|TAX|FX|SET|RAT)"
                  r"-\d+\b")


def check_function_sizes():
    """a function has at most 60 lines, its head and braces included"""
    for path in c_files(*CODE):
        for name, first, last, _ in functions(path):
            if last - first + 1 > MAX_FUNCTION:
                yield f"{path}:{first}: {name} has {last - first + 1} lines, at most {MAX_FUNCTION}"


def check_file_sizes():
    """a source file has at most 600 lines"""
    for path in files():
        if path.endswith((".c", ".h", ".py", ".sh", ".mk", ".am", ".lua", ".js")):
            count = len((read(path) or "").splitlines())
            if count > MAX_FILE:
                yield f"{path}:{count}: the file has {count} lines, at most {MAX_FILE}"


def check_columns():
    """a line has at most 100 columns, a tab counting to the next fourth"""
    for path in files():
        if not path.endswith((".c", ".h", ".py", ".sh", ".mk", ".am", ".ac")):
            continue
        for number, line in enumerate(lines(path), 1):
            width = len(line.expandtabs(4))
            if width > MAX_COLUMNS:
                yield f"{path}:{number}: {width} columns, at most {MAX_COLUMNS}"


def check_marks():
    """nothing is marked as unfinished"""
    words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "not " + "implemented",
             "un" + "implemented"]
    mark = re.compile(r"\b(?:" + "|".join(words) + r")\b")
    for path in files():
        for number, line in enumerate(lines(path), 1):
            if mark.search(line):
                yield f"{path}:{number}: {line.strip()[:80]}"


def check_white_space():
    """text files are UTF-8 with \\n, end with one line end and have no spaces at line ends"""
    for path in files():
        text = read(path)
        if text is None or not text or path.startswith(("tests/fuzz/", "tests/data/")):
            continue
        if "\ufffd" in text:
            yield f"{path}:1: it isn't UTF-8"
        if not text.endswith("\n") or text.endswith("\n\n"):
            yield f"{path}:{text.count(chr(10)) + 1}: it must end with one line end"
        if not path.endswith((".c", ".h", ".py", ".sh", ".mk", ".am", ".ac", ".yaml", ".md")):
            continue
        for number, line in enumerate(lines(path), 1):
            if line != line.rstrip():
                yield f"{path}:{number}: white space at the line's end"


def check_rule_ids():
    """every rule that the code cites stands in docs/rules.md"""
    known = set()
    if "docs/rules.md" in files():
        known = set(RULE.findall(read("docs/rules.md")))
    for path in files():
        if not path.startswith(("libmarket/", "include/", "cli/", "examples/", "tests/")):
            continue
        for number, line in enumerate(lines(path), 1):
            for rule in RULE.findall(line):
                if rule not in known:
                    yield f"{path}:{number}: {rule} isn't in docs/rules.md"


def check_scripts():
    """every script parses"""
    for path in files():
        first = lines(path)[0] if read(path) is not None else ""
        if first.startswith("#!/bin/sh") or path.endswith(".sh"):
            command = ["sh", "-n", path]
        elif first.startswith("#!") and "bash" in first:
            command = ["bash", "-n", path]
        elif path.endswith(".py") or (first.startswith("#!") and "python3" in first):
            try:
                compile(read(path), path, "exec")
            except SyntaxError as error:
                yield f"{path}:{error.lineno}: {error.msg}"
            continue
        else:
            continue
        done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
        if done.returncode != 0:
            yield f"{path}:1: {done.stderr.strip()}"
