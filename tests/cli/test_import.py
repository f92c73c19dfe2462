"""market import and export (CAT-9)."""

import csv
import io
import json
import os
import pty
import re
import shlex
import subprocess
import time

from harness import (DATA, MARKET, SOURCE, Skip, Suite, equal, expect, fresh_store, on_both_stores,
                     test)

GUIDE = os.path.join(SOURCE, "docs", "guides", "import.md")
KINDS = ("categories", "sellers", "products", "warehouses", "offers", "stock")
OLIST = os.path.join(DATA, "olist")


def blocks(language):
    with open(GUIDE, encoding="utf-8") as file:
        return re.findall(rf"```{language} ?([^\n]*)\n(.*?)```", file.read(), re.S)


def write(store, name, data):
    path = os.path.join(store.folder, name)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def bring(store, kind, name, data=None, *options, status=0):
    """The counts of an import, in the order created, changed, unchanged, refused."""
    path = write(store, name, data) if data is not None else os.path.join(store.folder, name)
    done = store.run("import", kind, path, *options)
    expect(done.returncode == status, kind, done.returncode, done.stdout, done.stderr)
    counts = json.loads(done.stdout)
    equal(counts["rows"], sum(counts[name] for name in list(counts)[1:]), "rows")
    return [counts[name] for name in ("created", "changed", "unchanged", "refused")]


def missing(store, operation, params):
    done = store.run("call", operation, json.dumps(params))
    equal((done.returncode, "not_found" in done.stdout + done.stderr), (1, True), operation)


def fill(store):
    for name, text in blocks("csv"):
        write(store, name, text)
    return [bring(store, kind, kind + ".csv") for kind in KINDS]


def events(store):
    return [one["id"] for one in store.call("event.list", {"limit": 1000})["items"]]


def exported(store):
    return {kind: store.run("export", kind).stdout for kind in KINDS}


def report(store, kind, name, data, *options):
    path = os.path.join(store.folder, "refused.csv")
    counts = bring(store, kind, name, data, "--report", path, *options, status=1)
    with open(path, newline="", encoding="utf-8") as file:
        return counts, [(int(row["line"]), row["column"], row["code"])
                        for row in csv.DictReader(file)]


@on_both_stores("CAT-9: every kind goes in, and the same files again change nothing")
def again(store):
    equal(fill(store), [[2, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0],
                        [2, 0, 0, 0]], "first")
    before, known = exported(store), events(store)
    expect(len(known) > 8, known)
    equal([counts[2] for counts in fill(store)], [2, 1, 2, 1, 2, 2], "unchanged")
    equal(events(store), known, "events")
    equal(exported(store), before, "export")
    stock = store.call("stock.list", {"sku": "ref:tea-house/tea-1-paper"})["items"]
    equal([(row["on_hand"], row["low_at"]) for row in stock], [(100, 5)], "stock")
    equal(store.call("offer.get", {"offer": "ref:tea-house/tea-1"})["state"], "active", "offer")


@on_both_stores("CAT-9: what is exported and imported elsewhere is exported the same again")
def round_trip(store):
    fill(store)
    other = fresh_store(store.kind)
    lines = fresh_store(store.kind)
    for kind in KINDS:
        text = store.run("export", kind).stdout
        bring(other, kind, kind + ".csv", text)
        bring(lines, kind, kind + ".jsonl", store.run("export", kind, "--format", "jsonl").stdout)
    equal(exported(other), exported(store), "by CSV")
    equal(exported(lines), exported(store), "by JSON Lines")
    equal(other.call("product.get", {"product": "ref:tea-2"})["title"], "=1+1", "title")


@test("CAT-9: a bad row is reported by line, column and code, and the rest goes in")
def bad_rows():
    store = fresh_store("sqlite")
    fill(store)
    text = ("ref,category,title,attributes,description\n"
            "a,books,A,,\n"
            "b,none,B,,\n"
            'c,books,C,,"one\ntwo"\n'
            "d,books,,,\n"
            "e,books,E\n"
            "f,books,F,[1],\n"
            'g,books,a "quote",,\n'
            'h,books,"behind" it,,\n'
            "i,books,I,,\n")
    counts, rows = report(store, "products", "bad.csv", text.encode())
    equal(counts, [3, 0, 0, 6], "counts")
    equal(rows, [(3, "category", "not_found"), (6, "title", "missing"), (7, "title", "syntax"),
                 (8, "attributes", "syntax"), (9, "title", "syntax"), (10, "title", "syntax")],
          "rows")
    equal(store.call("product.get", {"product": "ref:c"})["description"], "one\ntwo", "text")
    equal(store.call("product.get", {"product": "ref:i"})["title"], "I", "title")
    done = store.run("import", "products", os.path.join(store.folder, "bad.csv"))
    equal(done.returncode, 1, "status")
    expect("bad.csv:3: category: category ref:none isn't found (not_found)" in done.stderr,
           done.stderr)


@test("CAT-9: lines within the quotes of a refused row are no rows")
def inside_quotes():
    store = fresh_store("sqlite")
    fill(store)
    head, inside = b"ref,category,state,title,description\n", b"\nin,books,published,In,x\nmore"
    for name, row in (("long", b"a,books,draft,A,\"" + 300 * 1024 * b"x" + inside + b"\"\n"),
                      ("nul", b"a,books,draft,A,\"\0" + inside + b"\"\n"),
                      ("wide", b"a,books,draft,A" + 70 * b",x" + b",\"" + inside + b"\"\n")):
        counts, rows = report(store, "products", name + ".csv", head + row +
                              b"b" + name.encode() + b",books,draft,B,\n")
        equal(counts, [1, 0, 0, 1], name)
        equal([row[0] for row in rows], [2], name)
    missing(store, "product.get", {"product": "ref:in"})


@test("CAT-9: an offer goes in with all of its rows or not at all, also when one can't be read")
def unreadable_of_several():
    store = fresh_store("sqlite")
    fill(store)
    head = b"seller,ref,product,sku,attributes,price,currency\n"

    def row(ref, sku, size):
        return (b"tea-house,%s,tea-1,%s,\"{\"\"cover\"\":\"\"%s\"\"}\",9.00,CNY\n" %
                (ref.encode(), sku.encode(), size))

    counts, _ = report(store, "offers", "within.csv", head + row("g", "g1", b"1") +
                       row("g", "g2", b"\xff") + row("g", "g3", b"3") + row("h", "h1", b"1"))
    equal(counts[0], 1, "created")
    missing(store, "offer.get", {"offer": "ref:tea-house/g"})
    report(store, "offers", "between.csv", head + row("i", "i1", b"1") + row("j", "j1", b"\xff") +
           row("j", "j2", b"2"))
    for ref in "ij":
        missing(store, "offer.get", {"offer": "ref:tea-house/" + ref})


@test("CAT-9: a file that ends in a quote, and lines that aren't JSON, are reported")
def broken_files():
    store = fresh_store("sqlite")
    counts, rows = report(store, "categories", "open.csv", 'code,name\na,A\nb,"open\n\n')
    equal((counts, rows), ([1, 0, 0, 1], [(3, "name", "syntax")]), "open")
    counts, rows = report(store, "categories", "lines.jsonl",
                          b'\xef\xbb\xbf{"code":"c"}\n\n[]\n{"code":\n{"code":"d","colour":"x"}\n'
                          b'{"code":"e\xff"}\n{"code":"f","name":null}')
    equal((counts, rows), ([2, 0, 0, 4], [(3, "", "syntax"), (4, "", "syntax"),
                                          (5, "colour", "unknown_field"), (6, "", "syntax")]),
          "lines")


@test("CAT-9: nothing is written of a row that is refused in its second step")
def whole_rows():
    store = fresh_store("sqlite")
    fill(store)
    text = ("seller,ref,product,state,sku,price,currency\n"
            "tea-house,o2,tea-2,active,k1,1.00,CNY\n"
            "tea-house,o3,tea-1,active,k2,1.00,CNY\n"
            "tea-house,o3,tea-1,active,k3,-1.00,CNY\n"
            "tea-house,o4,tea-1,active,k4,1.00,CNY\n")
    counts, rows = report(store, "offers", "offers.csv", text)
    equal(counts, [1, 0, 0, 3], "counts")
    equal([row[0] for row in rows], [2, 3, 4], "lines")
    equal(rows[1][2], "chain_broken", "the offer's other row")
    equal(rows[2][1], "price", "column")
    refs = [one["ref"] for one in store.call("offer.list", {"seller": "ref:tea-house"})["items"]]
    equal(refs, ["tea-1", "o4"], "offers")


@test("CAT-9: a changed row changes what is stored, or is refused by its column")
def changes():
    store = fresh_store("sqlite")
    fill(store)
    equal(bring(store, "categories", "c.csv", "code,name\nbooks,Livres\n"), [0, 1, 0, 0], "name")
    equal(bring(store, "products", "p.csv",
                "ref,category,title,state\ntea-2,books,Two,published\n"),
          [0, 1, 0, 0], "product")
    equal(store.call("product.get", {"product": "ref:tea-2"})["state"], "published", "state")
    text = ("seller,ref,product,sku,price,list_price,currency,state\n"
            "tea-house,tea-1,tea-1,tea-1-paper,19.9,,CNY,paused\n"
            "tea-house,tea-1,tea-1,tea-1-cloth,35,49,CNY,paused\n")
    equal(bring(store, "offers", "o.csv", text), [0, 2, 0, 0], "prices")
    equal(bring(store, "offers", "o.csv", text), [0, 0, 2, 0], "prices again")
    offer = store.call("offer.get", {"offer": "ref:tea-house/tea-1"})
    equal((offer["state"], [sku["price"]["amount"] for sku in offer["skus"]]),
          ("paused", ["19.90", "35.00"]), "offer")
    equal(bring(store, "stock", "s.csv",
                "seller,sku,warehouse,on_hand\ntea-house,tea-1-paper,main,90\n"),
          [0, 1, 0, 0], "stock")
    for kind, text, column in (
            ("sellers", "ref,name,store_type,country,currency\ntea-house,Tea,individual,CN,CNY\n",
             "name"),
            ("categories", "code,parent\nbooks,books\n", "parent"),
            ("products", "ref,category,title\ntea-1,media,The Book of Tea\n", "category"),
            ("offers", "seller,ref,product,sku,price,currency\ntea-house,tea-1,tea-1,new,1,CNY\n",
             "sku"),
            ("stock", "seller,sku,warehouse,on_hand\ntea-house,tea-1-paper,main,1e3\n", "on_hand")):
        counts, rows = report(store, kind, "fixed.csv", text)
        equal((counts, rows[0][:2]), ([0, 0, 0, 1], (2, column)), kind)


@test("CAT-9: an offer that waits for an operator waits once, however often it is imported")
def waiting():
    store = fresh_store("sqlite")
    policy = store.run("policy", "default").stdout
    pack = ("packs:\n    - name: house\n      prices:\n"
            "        - {id: dear, severity: review, maximum: 30.00 CNY}\n")
    expect("packs: []" in policy, "the built-in policy has no packs")
    store.call("policy.publish", {"text": policy.replace("packs: []\n", pack)})
    fill(store)
    equal(store.call("offer.get", {"offer": "ref:tea-house/tea-1"})["state"], "draft", "held")
    before = events(store)
    equal(bring(store, "offers", "offers.csv"), [0, 0, 2, 0], "again")
    equal(events(store), before, "events")


@test("CAT-9: the images of a product stand in their order")
def images():
    store = fresh_store("sqlite")
    fill(store)
    first, second = ({"a" * 64: "https://example.org/a"}, {"b" * 64: "https://example.org/b"})
    row = {"ref": "tea-2", "category": "books", "title": "=1+1", "images": {**first, **second}}
    for kind, expected in (("new", [0, 1, 0, 0]), ("again", [0, 0, 1, 0])):
        equal(bring(store, "products", "p.jsonl", json.dumps(row) + "\n"), expected, kind)
    row["images"] = {**second, **first}
    equal(bring(store, "products", "p.jsonl", json.dumps(row) + "\n"), [0, 1, 0, 0], "order")
    equal(list(store.call("product.get", {"product": "ref:tea-2"})["images"]),
          ["b" * 64, "a" * 64], "stored")


@test("CAT-9: GB18030 is converted when it is named, a byte order mark is skipped")
def encodings():
    store = fresh_store("sqlite")
    names = "".join(f"c{i},图书目录{i}\r\n" for i in range(9000))
    text = "code,name\r\nmixed,茶 €𠀀\r\n" + names
    equal(bring(store, "categories", "gb.csv", text.encode("gb18030"), "--encoding", "GB18030"),
          [9001, 0, 0, 0], "GB18030")
    equal(store.call("category.get", {"category": "ref:mixed"})["name"], "茶 €𠀀", "name")
    equal(bring(store, "categories", "utf.csv", text.encode("utf-8-sig")), [0, 0, 9001, 0], "UTF-8")
    counts, rows = report(store, "categories", "bad.csv", b"code,name\na,\xff\xff\nb,B\n",
                          "--encoding", "GB18030")
    equal((counts, rows), ([1, 0, 0, 1], [(2, "name", "syntax")]), "bad bytes")
    done = store.run("import", "categories", "gb.csv", "--encoding", "none-such")
    equal(done.returncode, 2, "an unknown encoding")


@test("CAT-9: no exported cell begins a formula, and each comes back as it was")
def formulas():
    store, other = fresh_store("sqlite"), fresh_store("sqlite")
    titles = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''=1", "'quoted'", "'", "a,\"b\"", "plain"]
    lines = "".join(json.dumps({"ref": f"p{i}", "category": "c", "title": title}) + "\n"
                    for i, title in enumerate(titles))
    for one in (store, other):
        bring(one, "categories", "c.csv", "code\nc\n")
    bring(store, "products", "p.jsonl", lines)
    text = store.run("export", "products").stdout
    for row in csv.reader(io.StringIO(text)):
        expect(not any(cell[:1] in ("=", "+", "-", "@") for cell in row), row)
    bring(other, "products", "p.csv", text)
    for i, title in enumerate(titles):
        equal(other.call("product.get", {"product": f"ref:p{i}"})["title"], title, "title")


@test("CAT-9: columns of other names are mapped, unknown ones refuse the file, limits hold")
def columns():
    store = fresh_store("sqlite")
    text = "id,label,weight\na,A,3\nb,,4\n"
    for wrong in ((), ("--map", "nothing=code"), ("--map", "id=colour"), ("--map", "id"),
                  ("--set", "colour=red"), ("--format", "xml")):
        path = write(store, "other.csv", text)
        equal(store.run("import", "categories", path, *wrong).returncode, 2, wrong)
    equal(bring(store, "categories", "other.csv", text, "--map", "id=code", "--map", "label=name",
                "--map", "weight=metadata.weight", "--set", "name=none"), [2, 0, 0, 0], "mapped")
    found = store.call("category.get", {"category": "ref:b"})
    equal((found["name"], found["metadata"]), ("none", {"weight": "4"}), "row")
    long = "code,name\na1,\"" + "x" * 300000 + "\"\na2,A2\n"
    counts, rows = report(store, "categories", "long.csv", long)
    equal((counts, rows), ([1, 0, 0, 1], [(2, "name", "syntax")]), "a long row")
    many = ",".join(f"c{i}" for i in range(65)) + "\n"
    equal(store.run("import", "categories", write(store, "many.csv", many)).returncode, 2,
          "columns")


def peak(store, kind, header, rows):
    """The memory in KiB that an import of these rows needed."""
    path = os.path.join(store.folder, "many.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(row + "\n" for row in rows)
    child = subprocess.Popen([MARKET, "--store", store.url, "import", kind, path],
                             stdout=subprocess.DEVNULL, cwd=store.folder)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    equal(status, 0, "status")
    os.unlink(path)
    return usage.ru_maxrss


@test("CAT-9: twenty times the rows need no more memory")
def memory():
    """The rows are one object's, so that the database's own bounded cache doesn't grow."""
    store = fresh_store("sqlite")
    row = "media,Media," + "m" * 200
    bring(store, "categories", "c.csv", f"code,name,metadata.text\n{row}\n")
    few, many = (peak(store, "categories", "code,name,metadata.text", [row] * count)
                 for count in (2000, 40000))
    expect(many < few + 1024, f"{few} KiB for the few, {many} KiB for the many")


def million():
    store = fresh_store("sqlite")
    bring(store, "categories", "c.csv", "code\nc\n")
    used = peak(store, "products", "ref,category,title,description",
                (f"r{i},c,Product {i},{'words ' * 20}" for i in range(1000000)))
    expect(used < 128 * 1024, f"{used} KiB")


if os.environ.get("MARKET_TEST_LONG"):  # a minute, and 1 GB
    test("CAT-9: 1,000,000 rows go in with the database's cache and little more")(million)


@test("CAT-9: a terminal shows a bar, and only a terminal")
def bar():
    store = fresh_store("sqlite")
    path = write(store, "c.csv", "code\n" + "".join(f"c{i}\n" for i in range(500)))
    master, slave = pty.openpty()
    done = subprocess.run([MARKET, "--store", store.url, "import", "categories", path],
                          stdout=subprocess.PIPE, stderr=slave, check=True, timeout=60)
    os.close(slave)
    shown = b""
    end = time.monotonic() + 10
    while b"\x1b[K" not in shown and time.monotonic() < end:
        shown += os.read(master, 4096)
    os.close(master)
    expect(b"[####" in shown and b"categories" in shown, shown)
    equal(json.loads(done.stdout)["created"], 500, "created")
    equal(store.run("import", "categories", path).stderr, "", "without a terminal")


@test("CAT-9: the guide's commands run")
def guide():
    store = fresh_store("sqlite")
    for name, text in blocks("csv"):
        write(store, name, text)
    script = blocks("sh")[0][1]
    done = subprocess.run(["sh", "-e", "-c",
                           f"market() {{ {shlex.quote(MARKET)} \"$@\"; }}\n{script}"],
                          cwd=store.folder, capture_output=True, text=True, timeout=60)
    equal((done.returncode, done.stderr), (0, ""), "guide")
    expect('"created":2' in done.stdout and "tea-house,tea-1-paper,main,100,5" in done.stdout,
           done.stdout)
    with open(os.path.join(store.folder, "products.jsonl"), encoding="utf-8") as file:
        equal(len(file.readlines()), 2, "products")


@on_both_stores("CAT-9: the real sellers and products go in, and again change nothing")
def olist(store):
    if not os.path.isfile(os.path.join(OLIST, "sellers.csv")):
        raise Skip("the Olist files aren't there: MARKET_DATA names their folder's parent")
    script = blocks("sh")[1][1].replace("sqlite:olist.db", shlex.quote(store.url))
    for name in ("sellers.csv", "products.csv"):
        script = script.replace(" " + name, " " + shlex.quote(os.path.join(OLIST, name)))
    script = f"market() {{ {shlex.quote(MARKET)} \"$@\"; }}\n{script}"

    def run():
        done = subprocess.run(["sh", "-e", "-c", script], cwd=store.folder, capture_output=True,
                              text=True, timeout=600)
        equal((done.returncode, done.stderr), (0, ""), "import")
        return [json.loads(line) for line in done.stdout.splitlines()]

    first = run()
    equal([(one["rows"], one["created"]) for one in first],
          [(3095, 3095), (1499, 62), (1499, 1499)],
          "created")
    before, last = exported(store), events(store)
    equal([one["unchanged"] for one in run()], [3095, 1499, 1499], "unchanged")
    equal(exported(store), before, "export")
    equal(events(store), last, "events")
