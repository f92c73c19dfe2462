"""What people read: tables, colours, help, usage errors, the shell."""

import json
import os
import re
import stat
import subprocess

from harness import BUILD, SOURCE, Skip, equal, expect, fresh_store, run, test
from terminal import Terminal

ROSA = {"ref": "rosa", "name": "Rosa Lima"}


def schema():
    return json.loads(run("schema").stdout)["operations"]


def widths_agree(lines):
    """Whether each column begins at the same place in every line."""
    starts = [[match.start() for match in re.finditer(r"(?:^|(?<=  ))\S", line)] for line in lines]
    return all(start[:2] == starts[0][:2] for start in starts)


@test("the commands, their verbs and the version are listed")
def help_lists():
    done = run("help")
    equal((done.returncode, done.stderr), (0, ""), "exit")
    for word in ("call", "store copy", "ledger verify", "shell", "--store URL"):
        expect(f"  {word} " in done.stdout, word)
    expect("complete" not in done.stdout.split("options")[0].split(), "what is for programs")
    equal(run("--help").stdout, done.stdout, "--help")
    equal(run("--version").stdout, f"market {version()}\n", "version")
    equal(run().returncode, 2, "no command")


def version():
    with open(os.path.join(SOURCE, "include", "market.h"), encoding="utf-8") as file:
        return re.search(r'MARKET_VERSION "([^"]+)"', file.read()).group(1)


@test("help of each operation names its fields, its errors and who may call it")
def help_operations():
    for name, operation in schema().items():
        done = run("help", name)
        equal(done.returncode, 0, name)
        words = done.stdout.split()
        for field in operation["params"]["properties"]:
            expect(field in words or field + "[]" in words, name, "doesn't tell of", field)
        for part in operation["by"] + operation.get("errors", []):
            expect(part in done.stdout, name, "doesn't tell of", part)
        expect(operation["summary"] in done.stdout, name)


@test("help of a noun lists its operations, and help of a command its options")
def help_nouns():
    listed = [line.split()[0] for line in run("help", "refund").stdout.splitlines()[1:]]
    equal(listed, [name for name in schema() if name.startswith("refund.")], "refund")
    listed = [line.split()[0] for line in run("help", "operations").stdout.splitlines()[1:]]
    equal(listed, list(schema()), "operations")
    expect("--history FILE" in run("help", "shell").stdout, "shell")
    equal(run("shell", "--help").stdout, run("help", "shell").stdout, "--help behind it")


@test("wrong usage names what was perhaps meant and exits 2")
def wrong_usage():
    for words, wanted in ((("cal",), "did you mean call?"),
                          (("ledger", "verfy"), "did you mean verify?"),
                          (("store",), "usage: market store copy"),
                          (("call",), "usage: market call OPERATION [PARAMS]"),
                          (("call", "a", "{}", "x"), "doesn't take x"),
                          (("call", "--sa", "x", "a"), "did you mean --as?"),
                          (("replay", "--jsn", "x"), "did you mean --json?"),
                          (("replay", "--json=1", "x"), "takes no value"),
                          (("store", "backup", "--anchor"), "a value is missing"),
                          (("order.get",), "market call order.get"),
                          (("help", "ordr.get"), "did you mean order.get?")):
        done = run(*words)
        equal((done.returncode, done.stdout), (2, ""), words)
        expect(wanted in done.stderr, words, done.stderr)


@test("an unknown operation is told with the nearest one, its JSON as ever")
def unknown_operation():
    for name, meant in (("order.gte", "order.get"), ("place.order", "order.place"),
                        ("buyers.create", "buyer.create")):
        done = fresh_store("sqlite").run("call", name)
        equal(json.loads(done.stdout)["code"], "unknown_operation", name)
        expect(f"did you mean {meant}?" in done.stderr, done.stderr)
    done = fresh_store("sqlite").run("call", "quite.different")
    expect("did you mean" not in done.stderr, done.stderr)


@test("--table shows a record and a page of records in columns")
def tables():
    store = fresh_store("sqlite")
    record = store.run("--table", "call", "buyer.create", json.dumps(ROSA)).stdout.splitlines()
    expect(widths_agree(record), record)
    expect(any(re.fullmatch(r"name +Rosa Lima", line) for line in record), record)
    for city in ("Faro", "São Paulo", "札幌"):
        store.call("address.create", {"buyer": "ref:rosa", "name": "Rosa", "country": "BR",
                                      "city": city, "street": "1"})
    page = store.run("call", "--table", "address.list", '{"buyer":"ref:rosa"}').stdout.splitlines()
    equal(len(page), 4, "lines")
    equal([line[page[0].index("street") - (2 if "札幌" in line else 0):].split()[0]
           for line in page], ["street", "1", "1", "1"], "street")
    done = store.run("--table", "call", "buyer.create", json.dumps(ROSA))
    equal((done.returncode, done.stdout), (1, ""), "refused")
    expect("exists" in done.stderr, done.stderr)
    empty = store.run("--table", "call", "seller.list").stdout
    equal(empty, "none\n", "an empty page")


@test("a stranger's text can't steer the terminal")
def clean_cells():
    store = fresh_store("sqlite")
    store.call("buyer.create", {"name": "a\u202eb", "ref": "x"})
    shown = store.run("--table", "call", "buyer.get", '{"buyer":"ref:x"}').stdout
    expect(re.search(r"name +a\?b", shown), ascii(shown))


@test("call prints JSON on a terminal too, and verify a table there alone")
def terminal_outputs():
    store = fresh_store("sqlite")
    text, code = Terminal("--store", store.url, "call", "buyer.create", json.dumps(ROSA)).end()
    equal((json.loads(text)["ref"], code), ("rosa", 0), "call")
    lines = Terminal("--store", store.url, "ledger", "verify").end()[0].splitlines()
    expect(widths_agree(lines[:6]) and ":" not in lines[0], lines)
    expect("books: " in store.run("ledger", "verify").stdout, "without a terminal")
    expect("books  " in store.run("--table", "ledger", "verify").stdout, "--table")


@test("colours are on a terminal alone, and not with NO_COLOR or a dumb one")
def colours():
    expect("\033[1m" in Terminal("help").end()[0], "a terminal")
    expect("\033[31mmarket:" in Terminal("cal").end()[0], "an error")
    expect("\033" not in Terminal("help", environment={"NO_COLOR": "1"}).end()[0], "NO_COLOR")
    expect("\033" not in Terminal("help", environment={"TERM": "dumb"}).end()[0], "dumb")
    expect("\033" not in run("help", environment={"TERM": "xterm"}).stdout, "no terminal")
    expect("\033" not in run("cal", environment={"TERM": "xterm"}).stderr, "no terminal")


@test("long words of help are folded where the terminal ends")
def folded():
    text = Terminal("help", "shell", columns=60).end()[0]
    expect(all(len(re.sub("\033.[0-9]*m", "", line)) <= 60 for line in text.splitlines()), text)


SCRIPT = """
# a comment
buyer.create ref=rosa name="Rosa \\"R\\" Lima" metadata.colour='dark red'
as buyer:ref:rosa
buyer.get {"buyer":"ref:rosa"}
as operator:ana
at 2031-01-05
address.create buyer=ref:rosa name=Rosa country=BR city=Faro street=1
category.list all=true limit=3
order.place items=[{"sku":"ref:a","quantity":1}] buyer=ref:rosa currency=BRL
"""


@test("the shell runs operations line by line, as whom and when it was told")
def shell_script():
    store = fresh_store("sqlite")
    done = store.run("shell", text=SCRIPT)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    equal(done.returncode, 1, "the last one was refused")
    equal(replies[0]["name"], 'Rosa "R" Lima', "name")
    equal(replies[0]["metadata"], {"colour": "dark red"}, "metadata")
    equal(replies[1], replies[0], "as the buyer")
    equal(replies[2]["created_at"], "2031-01-05T00:00:00.000Z", "at")
    expect("items" in replies[3] or replies[3] == {}, "a flag and a number", replies[3])
    expect("code" in replies[4] and replies[4]["field"].startswith("items"), replies[4])
    actors = [event["actor"] for event in store.call("event.list")["items"]]
    equal(actors, ["operator:cli", "operator:ana"], "actors")
    equal(store.run("shell", text="buyer.get buyer=ref:rosa\n").returncode, 0, "clean")


@test("the shell takes money as one word and lists of texts with commas")
def shell_values():
    store = fresh_store("sqlite")
    text = ("ledger.account.list book=0\n"
            "seller.apply ref=a name=A store_type=individual country=BR currency=BRL "
            "owner_name=Ana owner_ref=ana\n"
            "fee.dry_run amount=12.50BRL\n")
    done = store.run("shell", text=text)
    expect("wrong_type" not in done.stdout, done.stdout)
    expect(store.call("seller.get", {"seller": "ref:a"})["name"] == "A", done.stderr)


@test("the shell says which field, operation or word it doesn't know")
def shell_errors():
    store = fresh_store("sqlite")
    for line, wanted in (("buyer.get buyr=x", "did you mean buyer?"),
                         ("buyer.gte buyer=x", "did you mean buyer.get?"),
                         ("hlp", "did you mean help?"),
                         ('buyer.get buyer="x', "a quote is open"),
                         ("buyer.get x", "FIELD=VALUE is expected"),
                         ('buyer.get {"buyer":', "column"),
                         ("order.place items=[1", "items, column")):
        done = store.run("shell", text=line + "\n")
        equal((done.returncode, done.stdout), (1, ""), line)
        expect(wanted in done.stderr, line, done.stderr)
    done = store.run("shell", text="at yesterday\nas nobody\n")
    equal(["invalid" == json.loads(line)["code"] for line in done.stdout.splitlines()][0], True,
          done.stdout)


def edits():
    with open(os.path.join(BUILD, "config.h"), encoding="utf-8") as file:
        if "#define HAVE_LIBEDIT 1" not in file.read():
            raise Skip("built without libedit (apt-get install libedit-dev)")


@test("on a terminal the shell completes, edits, shows tables and keeps its lines")
def shell_terminal():
    edits()
    store = fresh_store("sqlite")
    store.call("buyer.create", ROSA)
    path = os.path.join(store.folder, "lines")
    person = Terminal("--store", store.url, "shell", "--history", path)
    person.wait_for("operator:cli> ")
    person.type("buyer.g\tbuy\tref:rosa\n")
    shown = person.wait_for("Rosa Lima", "operator:cli> ")
    expect(re.search(r"name +Rosa Lima", shown), shown)
    person.type("half a line\x03")
    person.wait_for("^C", "operator:cli> ")
    person.type("seller.list st\t\t")
    expect("state=approved" in person.wait_for("state=approved", "seller.list state="),
           person.text)
    person.type("\x15as buyer:ref:rosa\n")
    expect("buyer:ref:rosa> " in person.wait_for("buyer:ref:rosa> "), person.text)
    person.type("\x1b[A\x1b[A\n")
    expect("Rosa Lima" in person.wait_for("Rosa Lima", "buyer:ref:rosa> "), person.text)
    person.type(" buyer.get buyer=ref:kept\n")
    person.wait_for("not_found", "buyer:ref:rosa> ")
    person.type("\x04")
    equal(person.end()[1], 0, "exit")
    with open(path, encoding="utf-8") as file:
        kept = file.read()
    expect("buyer.get" in kept and "as\\040buyer" in kept, kept)
    expect("half" not in kept and "ref:kept" not in kept, kept)
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
    person = Terminal("--store", store.url, "shell", f"--history={path}")
    person.wait_for("operator:cli> ")
    person.type("\x1b[A\n")
    expect("Rosa Lima" in person.wait_for("Rosa Lima", "operator:cli> "), "the kept line")
    person.type("quit\n")
    equal(person.end()[1], 0, "quit")


@test("with an empty name the shell keeps nothing")
def shell_no_history():
    edits()
    store = fresh_store("sqlite")
    person = Terminal("--store", store.url, "shell", "--history=",
                      environment={"HOME": store.folder})
    person.wait_for("operator:cli> ")
    person.type("category.list\n")
    person.wait_for("none", "operator:cli> ")
    person.type("\x04")
    person.end()
    equal([name for name in os.listdir(store.folder) if "history" in name], [], "files")


@test("a terminal's table is no wider than the terminal")
def narrow():
    store = fresh_store("sqlite")
    store.call("buyer.create", ROSA)
    store.call("address.create", {"buyer": "ref:rosa", "name": "Rosa", "country": "BR",
                                  "city": "Faro", "street": "1"})
    wide = Terminal("--store", store.url, "--table", "call", "address.list",
                    '{"buyer":"ref:rosa"}', columns=130).end()[0]
    narrow = Terminal("--store", store.url, "--table", "call", "address.list",
                      '{"buyer":"ref:rosa"}', columns=50).end()[0]
    equal(len(wide.splitlines()), 2, wide)
    expect(len(narrow.splitlines()) > 5 and re.search(r"city +Faro", narrow), narrow)


# ---- the manual ----

def public_functions():
    found = set()
    for folder, _, names in os.walk(os.path.join(SOURCE, "include")):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
            found |= set(re.findall(r"MARKET_API\s[^;]*?\b(market_\w+)\s*\(", text))
    return found


def page(name):
    with open(os.path.join(SOURCE, "docs", "man", name), encoding="utf-8") as file:
        return file.read()


@test("the manual's pages are what the program prints")
def manual_fresh():
    for number, name in (("1", "market.1"), ("3", "libmarket.3")):
        equal(page(name) == run("manual", number).stdout, True, f"{name} (make schema writes it)")


@test("libmarket(3) names every public function and error, and no other")
def manual_functions():
    named = set(re.findall(r"^\.It Fn (market_\w+)$", page("libmarket.3"), re.M))
    freed = {name for name in public_functions() if name.endswith("_free")}
    equal(sorted(named - public_functions()), [], "named, but not there")
    equal(sorted(public_functions() - freed - named), [], "there, but not named")
    with open(os.path.join(SOURCE, "include", "market", "error.h"), encoding="utf-8") as file:
        errors = set(re.findall(r"X\((E\w+),", file.read()))
    equal(set(re.findall(r"^\.It Er MARKET_(\w+)$", page("libmarket.3"), re.M)), errors, "errors")


@test("market(1) names every command and option that help names")
def manual_commands():
    text = page("market.1")
    for line in run("help").stdout.split("commands\n")[1].split("\n\n")[0].splitlines():
        command = re.match(r"  (\w+(?: \w+)?)  ", line).group(1)
        expect(f".Cm {command}\n" in text, command)
    for option in set(re.findall(r"--(\w+)", run("help").stdout)):
        expect(f".It Fl Fl {option}" in text or option in ("store",), option)


@test("mandoc and groff find no fault in the manual")
def manual_lint():
    paths = [os.path.join(SOURCE, "docs", "man", name) for name in ("market.1", "libmarket.3")]
    try:
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *paths],
                              capture_output=True, text=True)
        equal((done.returncode, done.stdout), (0, ""), "mandoc")
    except FileNotFoundError:
        raise Skip("mandoc is missing (apt-get install mandoc)")
    try:
        for path in paths:
            done = subprocess.run(["groff", "-mdoc", "-ww", "-z", path], capture_output=True,
                                  text=True)
            equal((done.returncode, done.stderr), (0, ""), "groff")
    except FileNotFoundError:
        pass  # mandoc has read them
