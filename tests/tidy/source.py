"""The tree's files, their C tokens and functions, for the checks."""

import bisect
import functools
import os
import re

TOP = os.environ.get("MARKET_SOURCE") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOP = os.path.abspath(TOP)
BUILD = os.path.abspath(os.environ.get("MARKET_BUILD") or os.path.join(TOP, "build"))

FOLDERS = ("include", "libmarket", "cli", "bindings", "examples", "tests", "docs", "support", "m4")
GENERATED = ("m4/libtool.m4", "m4/lt", "tests/fuzz/corpus/")


class Skip(Exception):
    """A check that can't run here, with the reason."""


@functools.lru_cache(None)
def files():
    """All files of the project, by their path from the top."""
    found = [name for name in os.listdir(TOP)
             if os.path.isfile(os.path.join(TOP, name)) and name in (
                 "Makefile.am", "configure.ac", "bootstrap", "README.md", "NEWS", "CONTRIBUTING.md",
                 "SECURITY.md", "libmarket.map", "libmarket.pc.in", ".gitignore", ".clang-format")]
    for folder in FOLDERS + (".ci",):
        for place, below, names in os.walk(os.path.join(TOP, folder)):
            below[:] = set(below) - {"__pycache__", "node_modules", ".deps", ".libs"}
            for name in names:
                path = os.path.relpath(os.path.join(place, name), TOP)
                if not path.startswith(GENERATED) and not name.endswith(("~", ".swp", ".pyc")):
                    found.append(path)
    return tuple(sorted(found))


def c_files(*folders, headers=True):
    ends = (".c", ".h") if headers else (".c",)
    starts = tuple(folder + "/" for folder in folders)
    return [path for path in files() if path.endswith(ends) and path.startswith(starts)]


@functools.lru_cache(None)
def read(path):
    """The text, or None for a file that isn't text."""
    with open(os.path.join(TOP, path), "rb") as file:
        data = file.read()
    if b"\0" in data:
        return None
    return data.decode("utf-8", "replace")


@functools.lru_cache(None)
def lines(path):
    return (read(path) or "").split("\n")


class Token:
    __slots__ = ("kind", "text", "line")

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


TOKEN = re.compile(r"""
    (?P<space>(?:\s|\\\n)+|//[^\n]*|/\*.*?\*/)
  | (?P<string>(?:u8|[LuU])?"(?:\\.|[^"\\\n])*")
  | (?P<char>[LuU]?'(?:\\.|[^'\\\n])*')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<sign>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.\.|\#\#|.)
""", re.X | re.S)


@functools.lru_cache(None)
def tokens(path):
    """The tokens of a C file without comments and #include lines."""
    text = re.sub(r"(?m)^[ \t]*#[ \t]*include[^\n]*", "", read(path) or "")
    starts = [0] + [m.end() for m in re.finditer("\n", text)]
    found = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind != "space":
            found.append(Token(kind, match.group(), bisect.bisect_right(starts, match.start())))
    return found


def includes(path):
    """(line, name) of every #include; name keeps its < or "."""
    for number, line in enumerate(lines(path), 1):
        match = re.match(r'\s*#\s*include\s*([<"][^>"]+)[>"]', line)
        if match:
            yield number, match.group(1)


@functools.lru_cache(None)
def functions(path):
    """(name, first line, last line, static) of every function defined, by the house style: its
    braces stand in the first column."""
    found = []
    text = lines(path)
    for number, line in enumerate(text):
        if line.rstrip() != "{":
            continue
        first = number
        while first > 0 and text[first - 1].strip() and not re.search(
                r"^(#|\}|/\*)|(;|\*/)\s*$", text[first - 1]):
            first -= 1
        head = " ".join(text[first:number])
        last = next((n for n in range(number, len(text)) if text[n].startswith("}")), number)
        name = re.search(r"(\w+)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)", "", head))
        static = head.startswith("static")
        found.append((name.group(1) if name else "?", first + 1, last + 1, static))
    return found
