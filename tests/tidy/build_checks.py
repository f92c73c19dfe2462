"""Checks that run a compiler or another tool."""

import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import tempfile

from code_checks import RANKS, DOOR
from source import BUILD, TOP, Skip, c_files, files, read

WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wstrict-prototypes", "-Wmissing-prototypes",
            "-Wformat=2", "-Wundef", "-Wpointer-arith", "-Wwrite-strings", "-Wvla", "-Werror"]
MODULES = ["libcrypto", "sqlite3", "yaml-0.1", "libpcre2-8", "jansson", "libpq", "cunit"]


def tool(name):
    if not shutil.which(name):
        raise Skip(f"{name} isn't installed (apt-get install {name})")
    return name


def run(command, text=None):
    return subprocess.run(command, cwd=TOP, input=text, capture_output=True, text=True)


def include_flags():
    done = run(["pkg-config", "--cflags"] + MODULES)
    return ["-I.", "-Iinclude", f"-I{BUILD}", "-D_GNU_SOURCE=", '-DTEST_SOURCE_DIR="."',
            '-DBENCH_SOURCE_DIR="."', '-DTEST_BUILD_DIR="."',
            "-DHAVE_CONFIG_H=1"] + shlex.split(done.stdout)


def all_of(commands):
    """(path, outcome) of (path, command) pairs, two at a time."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        jobs = [(path, pool.submit(run, command)) for path, command in commands]
        for path, job in jobs:
            yield path, job.result()


def first_line(done):
    text = (done.stderr or done.stdout).strip().split("\n")
    return next((line for line in text if re.search(r"error|warning", line)), text[0])


def check_headers():
    """each header compiles alone as C11; the public ones as C++17 and pedantic too"""
    commands = []
    for path in c_files("include", "libmarket", "cli", "tests"):
        if not path.endswith(".h"):
            continue
        public = path.startswith("include/")
        include = f"#include <{path[8:]}>\n" if public else f'#include "{path}"\n'
        # As a user's file: a public header needs no feature macro of ours.
        flags = ["-std=c11", "-pedantic"] if public else ["-std=gnu11"]
        commands.append((path, "c", include, flags))
        if public:
            commands.append((path, "c++", include, ["-std=c++17", "-pedantic"]))
    tool("g++")
    with tempfile.TemporaryDirectory() as folder:
        jobs = []
        for n, (path, language, include, flags) in enumerate(commands):
            name = os.path.join(folder, f"{n}.{'c' if language == 'c' else 'cc'}")
            with open(name, "w") as file:
                file.write(include)
            compiler = "gcc" if language == "c" else "g++"
            jobs.append((f"{path} ({flags[0][5:]})",
                         [compiler, "-fsyntax-only", "-Wall", "-Wextra", "-Werror"] + flags
                         + (["-Iinclude"] if "-pedantic" in flags else include_flags()) + [name]))
        for path, done in all_of(jobs):
            if done.returncode != 0:
                yield f"{path}: {first_line(done)}"


def check_clang():
    """clang has no warning"""
    tool("clang")
    flags = include_flags()
    commands = []
    for path in c_files("libmarket", "cli", "tests", "examples", headers=False):
        command = ["clang", "-std=gnu11", "-fsyntax-only"] + WARNINGS + flags + [path]
        if path.startswith(("tests/unit/", "tests/harness/")):
            command.append("-Wno-missing-prototypes")  # main.c declares the suites that it finds
        commands.append((path, command))
    for path, done in all_of(commands):
        for line in (done.stderr or "").split("\n"):
            if re.search(r": (?:fatal )?(?:error|warning): ", line):
                yield line


def exempt(name):
    """The paths of a list beside this file."""
    text = read(f"tests/tidy/{name}")
    return {line.split("#")[0].strip() for line in text.split("\n")} - {""}


def format_paths():
    leave = exempt("format-exempt.txt")
    found = c_files("include", "libmarket", "cli", "tests", "examples")
    return [path for path in found if path not in leave]


def need_clang_format():
    version = run([tool("clang-format"), "--version"]).stdout
    if not re.search(r"version 14\.", version):
        raise Skip(f"clang-format is of another version than 14: {version.strip()}")


def check_format():
    """clang-format changes nothing (tests/tidy/run --format does it)"""
    need_clang_format()
    for path, done in all_of((path, ["clang-format", "--dry-run", "-Werror", path])
                             for path in format_paths()):
        spots = re.findall(r"(?m)^([^:\n]+:\d+):\d+: error:", done.stderr)
        if spots:
            yield f"{spots[0]}: clang-format would change it, in {len(spots)} places"


def reformat():
    need_clang_format()
    for path in format_paths():
        run(["clang-format", "-i", path])


def check_cppcheck():
    """cppcheck has nothing to say"""
    cache = os.path.join(BUILD, "tests", "cppcheck")
    os.makedirs(cache, exist_ok=True)
    folders = [folder for folder in ("libmarket", "cli", "tests/bench") if c_files(folder)]
    done = run([tool("cppcheck"), "--quiet", "--error-exitcode=1", "--std=c11", "--inline-suppr",
                "--enable=warning,performance,portability", f"-j{os.cpu_count() or 2}",
                f"--cppcheck-build-dir={cache}", "--suppressions-list=tests/tidy/cppcheck.txt",
                "--template={file}:{line}: {message} [{id}]", "-I.", "-Iinclude", f"-I{BUILD}",
                "-D_GNU_SOURCE=", "-D__GNUC__=12", "--library=tests/tidy/cppcheck.cfg",
                '-DTEST_SOURCE_DIR="."', '-DBENCH_SOURCE_DIR="."',
                '-DTEST_BUILD_DIR="."'] + folders)
    for line in done.stderr.split("\n"):
        if re.match(r"\S+:\d+: ", line):
            yield line
    if done.returncode not in (0, 1):
        yield f"cppcheck: {done.stderr.strip()[:200]}"


def check_generated():
    """docs/market.schema.json is what `market schema` prints (make schema writes it)"""
    program = os.path.join(BUILD, "market")
    if not os.path.exists(program):
        raise Skip("the program isn't built")
    done = run([program, "schema"])
    path = "docs/market.schema.json"
    if done.returncode != 0 or not done.stdout:
        yield f"market schema: status {done.returncode}: {done.stderr.strip()}"
    elif path not in files():
        yield f"{path}:1: it is absent: make schema"
    elif read(path) != done.stdout:
        old, new = read(path).split("\n"), done.stdout.split("\n")
        line = next((n for n, pair in enumerate(zip(old, new), 1) if pair[0] != pair[1]), len(old))
        yield f"{path}:{line}: it isn't what market schema prints: make schema"


def symbols(options, path):
    if not os.path.exists(path):
        raise Skip(f"{os.path.relpath(path, BUILD)} isn't built")
    done = run(["nm"] + options + [path])
    return [line.split() for line in done.stdout.split("\n")]


def check_shared_symbols():
    """the shared library exports what the public headers declare, nothing else, and is complete"""
    for parts in symbols(["-D", "--undefined-only"], os.path.join(BUILD, ".libs", "libmarket.so")):
        if parts and parts[-1].startswith(("market_", "mk_")):
            yield f"libmarket.so: {parts[-1]} is needed and not defined"
    exported = {parts[-1].split("@")[0] for parts in symbols(
        ["-D", "--defined-only"], os.path.join(BUILD, ".libs", "libmarket.so"))
        if len(parts) == 3 and parts[1] != "A"}
    declared = {}
    for path in c_files("include"):
        text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), read(path), flags=re.S)
        for match in re.finditer(r"MARKET_API\s[^;]*?\b(market_\w+)\s*\(", text):
            declared[match.group(1)] = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
    for name in sorted(exported - set(declared)):
        yield f"libmarket.so: {name} is exported and no public header declares it with MARKET_API"
    for name in sorted(set(declared) - exported):
        yield f"{declared[name]}: {name} isn't exported"


def check_static_symbols():
    """the static library defines only market_* and mk_*"""
    for parts in symbols(["-g", "--defined-only"], os.path.join(BUILD, ".libs", "libmarket.a")):
        if len(parts) == 3 and not parts[2].startswith(("market_", "mk_")):
            yield f"libmarket.a: {parts[2]} has no prefix of ours"


def check_calls():
    """calls point down too: no object needs a symbol of a layer above it"""
    home, wanted = {}, []
    for folder, rank in list(RANKS.items()) + [("", DOOR)]:
        place = os.path.join(BUILD, "libmarket", folder, ".libs")
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
            source = f"libmarket/{folder}/{name.split('-', 1)[-1][:-2]}.c".replace("//", "/")
            known = source in files() or "policy_default" in source
            if not name.endswith(".o") or not known:
                continue
            for parts in symbols([], os.path.join(place, name)):
                if len(parts) == 3 and parts[1] in "TDRBV":
                    home[parts[2]] = (rank, source)
                elif len(parts) == 2 and parts[0] == "U":
                    wanted.append((rank, source, parts[1]))
    if not home:
        raise Skip("the library isn't built")
    for rank, source, name in wanted:
        if name in home and home[name][0] > rank:
            yield f"{source}:1: it needs {name} of {home[name][1]}, which lies above it"
