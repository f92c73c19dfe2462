"""Checks of the C code by its tokens: calls, money, SQL, layers, dead functions."""

import re

from source import c_files, files, functions, includes, lines, read, tokens

ARENA = "libmarket/base/arena.c"
CLOCK = "libmarket/base/clock.c"

BANNED = (
    # what, where it is allowed, what to use instead
    (("malloc", "calloc", "realloc", "free", "strdup", "strndup", "aligned_alloc", "posix_memalign",
      "alloca", "asprintf", "vasprintf"), (ARENA,),
     "mk_arena_get and its like, or mk_allocate and mk_release"),
    (("time", "clock", "gettimeofday", "clock_gettime", "ftime"), (CLOCK,),
     "the market's clock (mk_clock_now is its default)"),
    (("localtime", "localtime_r", "gmtime", "gmtime_r", "mktime", "timegm", "strftime",
      "strptime"), (),
     "mk_time_format, mk_time_parse, mk_time_civil"),
    (("rand", "srand", "rand_r", "random", "srandom", "drand48", "arc4random", "getrandom",
      "getentropy"), (CLOCK,),
     "the market's random source (mk_random_bytes is its default)"),
    (("getenv", "secure_getenv", "setenv", "unsetenv", "putenv", "setlocale"), (),
     "an option given at open"),
    (("printf", "fprintf", "vprintf", "vfprintf", "dprintf", "puts", "fputs", "putchar", "putc",
      "fputc", "perror", "syslog"), (),
     "the market_error or the log callback"),
    (("exit", "_exit", "_Exit", "quick_exit", "abort", "assert", "atexit", "raise", "signal",
      "sigaction", "system", "popen", "fork"), (),
     "MARKET_EINTERNAL"),
    (("sprintf", "vsprintf", "strcpy", "strcat", "strncpy", "strncat", "gets", "strtok"), (),
     "mk_text_add, mk_arena_format or snprintf"),
    (("atoi", "atol", "atoll", "atof", "strtod", "strtof", "strtold", "sscanf"), (),
     "mk_money_parse, mk_rate_parse, strtoll with a check"),
    (("pthread_create", "thrd_create"), (), "the application's thread: the library starts none"),
)


def check_banned_calls():
    """the library doesn't call what belongs to its user or is unsafe"""
    allowed, instead = {}, {}
    for names, where, use in BANNED:
        for name in names:
            allowed[name], instead[name] = where, use
    for path in c_files("libmarket"):
        found = tokens(path)
        for i, token in enumerate(found):
            if token.kind != "word" or token.text not in instead or path in allowed[token.text]:
                continue
            before = found[i - 1].text if i else ""
            after = found[i + 1].text if i + 1 < len(found) else ""
            handed_on = (token.text == "free" and before in ("(", ",", "=", ")")
                         and after in (")", ",", ";"))
            if before in (".", "->") or (after != "(" and not handed_on):
                continue
            if before in ("*", "int", "void", "size_t") and path.endswith(".h"):
                continue
            yield f"{path}:{token.line}: {token.text}: use {instead[token.text]}"


def check_floating_point():
    """the library has no floating point"""
    for path in c_files("libmarket", "include"):
        for token in tokens(path):
            if token.kind == "word" and token.text in ("float", "double"):
                yield f"{path}:{token.line}: {token.text}: money, rates and scores are integers"


ARITHMETIC = {"+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "!=", "<<", ">>", "++", "--",
              "+=", "-=", "*=", "/=", "%=", "!", "&&", "||", "?"}


def check_amounts():
    """only base/money.c and its header compute with .amount"""
    for path in c_files("libmarket", "include", "cli", "examples"):
        if path.startswith(("libmarket/base/money.", "libmarket/record/", "libmarket/store/")):
            continue
        found = tokens(path)
        for i, token in enumerate(found):
            if token.text != "amount" or i == 0 or found[i - 1].text not in (".", "->"):
                continue
            start = start_of_postfix(found, i)
            before = found[start - 1].text if start > 0 else ""
            after = found[i + 1].text if i + 1 < len(found) else ""
            if start < i - 1 and (before in ARITHMETIC or after in ARITHMETIC):
                yield f"{path}:{token.line}: arithmetic on .amount: use mk_money_add and its like"


def start_of_postfix(found, i):
    """The index of the first token of the postfix expression that ends at i."""
    while i > 0:
        before = found[i - 1].text
        if before in (".", "->"):
            i -= 1
            continue
        if found[i].text not in (".", "->"):
            return i
        if before in (")", "]"):
            depth, i = 1, i - 2
            while i > 0 and depth:
                depth += {")": 1, "]": 1, "(": -1, "[": -1}.get(found[i].text, 0)
                i -= 1
            i += 1
            # what is called or indexed
            if i > 0 and (found[i - 1].kind == "word" or found[i - 1].text in (")", "]")):
                i -= 1
            continue
        if found[i - 1].kind == "word":
            i -= 1
            continue
        return i
    return i


SQL_START = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP)\s", re.I)
# What a driver asks of its own engine isn't shared SQL.
SQL_EXEMPT = ("libmarket/store/sqlite", "libmarket/store/postgres")
SQL_CATALOGUE = re.compile(r"\b(?:sqlite_schema|pg_catalog)\b")
# These describe the store itself and have no owner.
SQL_BOOKLESS = re.compile(r"\bmarket_schema(?:_lease)?\b|\bsearch_text\b")
SQL_REFUSED = (
    (r"/", "division in SQL: divide in C"),
    (r"\bnow\s*\(|\brandom\s*\(|\bcurrent_(?:timestamp|date|time)\b",
     "a volatile function: bind the value"),
    (r"\bfor\s+(?:update|share)\b|\bskip\s+locked\b|\block\s+table\b|\blisten\b|\bnotify\b"
     r"|advisory|\bxmin\b",
     "a lock or an engine's own feature"),
    (r"\bon\s+conflict\s*\(|\bon\s+conflict\s+do\s+update\b|\bor\s+(?:replace|ignore)\b",
     "only ON CONFLICT DO NOTHING without a target"),
    (r"\brecursive\b|\bmerge\s+into\b", "no recursive query or MERGE"),
    (r"\boffset\b", "pages are by key"),
    (r"\bavg\s*\(", "no averages in SQL"),
    (r"\bselect\s+\*", "name the columns"),
    (r"\b(?:serial|bigserial|identity|autoincrement|trigger|deferrable)\b|\bgenerated\s+always\b",
     "made by the engine: not portable"),
    (r"\b(?:real|float|double|numeric|decimal|boolean|timestamp|timestamptz|jsonb?)\b",
     "types are int64, text and blob"),
)


def sql_texts(path):
    """(line, text) of each SQL statement: adjacent strings, with macros between them left out."""
    found = tokens(path)
    i = 0
    while i < len(found):
        if found[i].kind != "string":
            i += 1
            continue
        line, text = found[i].line, ""
        while i < len(found):
            if found[i].kind == "string":
                text += found[i].text[found[i].text.index('"') + 1:-1]
            elif not (found[i].kind == "word" and found[i].text.isupper() and i + 1 < len(found)
                      and found[i + 1].kind == "string"):
                break
            else:
                text += " " + found[i].text + " "
            i += 1
        if SQL_START.match(text):
            yield line, text.replace("\\n", " ").replace("\\t", " ")


def check_sql():
    """shared SQL keeps to what all engines do alike"""
    for path in c_files("libmarket"):
        if path.startswith(SQL_EXEMPT):
            continue
        for line, text in sql_texts(path):
            if SQL_CATALOGUE.search(text):
                continue
            bare = re.sub(r"'(?:[^']|'')*'", "''", text)
            for pattern, why in SQL_REFUSED:
                if re.search(pattern, bare, re.I):
                    yield f"{path}:{line}: {why}: {text[:60]}"
            if re.search(r"\bsum\s*\(", bare, re.I) and not re.search(r"\bcast\s*\(", bare, re.I):
                yield f"{path}:{line}: SUM without CAST: {text[:60]}"
            if re.match(r"(?i)\s*with\b", bare) and re.search(
                    r"(?i)\b(insert|update|delete)\b", bare):
                yield f"{path}:{line}: a CTE that writes: {text[:60]}"
            # A macro (MK_..._COLUMNS) may hold it.
            if re.match(r"\s*(insert|update|delete)\b", bare, re.I) and not re.search(
                    r"\bbook_id\b|\b[A-Z]+_[A-Z_]+\b", bare) and not SQL_BOOKLESS.search(bare):
                yield f"{path}:{line}: a write that doesn't name book_id: {text[:60]}"


RANKS = {"base": 0, "record": 1, "rule": 2, "crypto": 2, "store": 3, "ledger": 4, "engine": 5,
         "party": 6, "seller": 6, "identity": 6, "agency": 6, "standing": 6, "deposit": 6,
         "service_fee": 6, "listing": 6, "catalog": 6, "order": 6, "payment": 6, "escrow": 6,
         "shipment": 6, "aftersale": 6, "settlement": 6, "rating": 6, "accounting": 6, "search": 6,
         "op": 7}
DOOR = 7


def layer_of(path):
    """(rank, name) of a file or include below libmarket/; files beside the folders are the door."""
    parts = path.split("/")
    if len(parts) == 2:
        return DOOR, "door"
    return RANKS.get(parts[1], -1), parts[1]


def check_layers():
    """includes point down: base, record, rule, crypto, store, ledger, engine, domain, op"""
    for path in c_files("libmarket"):
        rank, name = layer_of(path)
        if rank < 0:
            yield f"{path}:1: the folder {name} has no layer in tests/tidy/code_checks.py"
            continue
        for line, include in includes(path):
            if include[1:] == "market.h" and rank < RANKS["engine"]:
                yield f"{path}:{line}: {name} lies below operations: include a header of market/"
            if include[0] == "<":
                continue
            if not include[1:].startswith("libmarket/"):
                yield f"{path}:{line}: includes are named from the top (\"libmarket/...\")"
                continue
            other_rank, other = layer_of(include[1:])
            if other_rank > rank:
                yield f"{path}:{line}: {name} includes {other}, which lies above it"
    for path in c_files("include"):
        for line, include in includes(path):
            if include.startswith('"') or include.startswith("<libmarket"):
                yield f"{path}:{line}: a public header includes only <market/...> and the C library"


DECLARED = re.compile(r"(?m)^(?!static\b|typedef\b|#|\s|extern\b)[\w\s*]*?\b(mk_\w+)\s*\(")


def check_dead_functions():
    """every function of an inner header is used outside the file that defines it"""
    used = {}
    for path in c_files("libmarket", "cli", "tests", "examples", "bindings"):
        for token in tokens(path):
            if token.kind == "word" and token.text.startswith("mk_"):
                used.setdefault(token.text, set()).add(path)
    defined = {}
    for path in c_files("libmarket", headers=False):
        for name, first, _, static in functions(path):
            if not static:
                defined.setdefault(name, (path, first))
    for path in c_files("libmarket"):
        if not path.endswith(".h"):
            continue
        text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), read(path), flags=re.S)
        for match in DECLARED.finditer(text):
            name = match.group(1)
            line = text.count("\n", 0, match.start(1)) + 1
            home = defined.get(name)
            if not home:
                yield f"{path}:{line}: {name} is declared and not defined"
            elif not used.get(name, set()) - {home[0], path} and not used_by_macro(path, name):
                yield f"{home[0]}:{home[1]}: {name} is used by no other file: static, or dead"


def used_by_macro(path, name):
    """Whether a macro or inline function of the header uses the name."""
    text = read(path).replace("\\\n", " ")
    return any(re.search(rf"\b{name}\b", line)
               for line in text.split("\n") if line.startswith("#define"))


def check_static_names():
    """a static function has no prefix, any other has one"""
    for path in c_files("libmarket", headers=False):
        for name, first, _, static in functions(path):
            if static and name.startswith(("mk_", "market_")):
                yield f"{path}:{first}: {name} is static: no prefix"
            if not static and not name.startswith(("mk_", "market_")):
                yield f"{path}:{first}: {name} is seen by other files: prefix mk_"


def check_fragments():
    """every source file is in its folder's fragment, every fragment in Makefile.am"""
    makefile = read("Makefile.am")
    built = set()
    for path in ("Makefile.am",) + tuple(f for f in files() if f.endswith(".mk")):
        text = re.sub(r"(?m)#.*$", "", read(path)).replace("%D%", path.rsplit("/", 1)[0])
        built |= set(re.findall(r"[\w./-]+\.[ch]\b", text))
        if path.endswith(".mk") and not re.search(rf"(?m)^include {re.escape(path)}$", makefile):
            yield f"{path}:1: Makefile.am doesn't include it"
    present = set(files())
    folders = ("libmarket", "cli", "tests/unit", "tests/bench", "tests/scenarios")
    for path in c_files(*folders, headers=False):
        if path not in built:
            yield f"{path}:1: it is in no fragment, so it isn't built"
    for path in sorted(built):
        if path in present or not path.endswith(".c") or "policy_default" in path:
            continue
        if "/" in path:
            yield f"{path}:1: a fragment names it and it doesn't exist"


def check_test_suites():
    """every unit test file registers suites that the build finds"""
    for path in c_files("tests/unit", headers=False):
        name = path.rsplit("/", 1)[1]
        if name.startswith("test_") and not any(
                re.match(r"void suite_[a-z0-9_]+\(void\)$", line) for line in lines(path)):
            yield f"{path}:1: no line \"void suite_...(void)\": its tests would not run"
