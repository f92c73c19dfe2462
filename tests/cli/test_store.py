"""market store copy, backup, restore: equal at both ends, online, interrupted, refused.

MARKET_COPY_LIMIT (60) is how many of the real orders are copied; 0 takes all of them.
"""

import contextlib
import glob
import json
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

from harness import (BUILD, MARKET, SOURCE, Skip, Suite, equal, expect, fresh_store, generated,
                     on_both_stores, run, test)
from replaying import replay, state
from test_replay import OLIST

LIMIT = int(os.environ.get("MARKET_COPY_LIMIT", "60"))


def copy(source, target, *options, folder=None):
    return run("store", "copy", *options, source.url, target.url,
               folder=folder or (source if source.kind != "sqlite" else target).folder)


def done(result):
    expect(result.returncode == 0, result.returncode, result.stdout, result.stderr)
    return result.stdout


def refused(result, *words):
    equal(result.returncode, 1, result.stdout + result.stderr)
    for word in words:
        expect(word in result.stderr, word, "isn't in", result.stderr)


def rows(path):
    """All rows of all tables, as SQLite stores them, but for the text index, which is made anew."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    names = [name for name, in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'market_schema%' "
        "AND name NOT LIKE 'search_text%'")]
    found = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}
    connection.close()
    return found


def statements(store):
    """What every seller's statement of the whole time says, or why there is none."""
    sellers = store.call("seller.list", {"limit": 200})["items"]
    text = "".join(json.dumps({"op": "statement.get",
                               "in": {"seller": seller["id"], "from": "2016-01-01T00:00:00Z",
                                      "to": "2019-01-01T00:00:00Z"}}) + "\n" for seller in sellers)
    found = [json.loads(line) for line in store.run("batch", text=text).stdout.splitlines()]
    equal(len(found), len(sellers), "statements")
    return found


def searched(store):
    """What is found by the first title's first word, by category, and in all."""
    every = store.call("offer.search", {"all": True, "limit": 200})["items"]
    word = every[0]["title"].split()[0]
    found = store.call("offer.search", {"all": True, "text": word})["items"]
    expect(every[0] in found, word, "isn't found")
    return every, found


def there_and_back(first, middle, last):
    done(copy(first, middle, "--keys"))
    done(copy(middle, last, "--keys"))
    before = rows(first.beside)
    equal(rows(last.beside), before, "rows")
    expect(before["book_head"] and before["checkpoint"], "nothing is sealed")
    for part, value in state(first).items():
        equal(state(middle)[part], value, f"{part} in the middle")
    found = searched(first)
    equal(searched(middle), found, "search in the middle")
    equal(searched(last), found, "search")
    wanted = statements(first)
    equal(statements(middle), wanted, "statements in the middle")
    equal(statements(last), wanted, "statements")
    expect(any(one["ok"] for one in wanted), "there is no statement", wanted[:1])
    newest = sorted(glob.glob(first.beside + ".anchors/*"), key=os.path.getmtime)[-1]
    for store in (middle, last):
        verified = store.run("ledger", "verify", "--anchor", newest)
        equal(verified.returncode, 0, verified.stdout + verified.stderr)


@test("a store goes to PostgreSQL and back: the same rows, balance, statements, heads "
      "(PostgreSQL)")
def to_postgres_and_back():
    first = fresh_store("sqlite")
    middle = fresh_store("postgresql")
    replay(first, generated(21))
    there_and_back(first, middle, fresh_store("sqlite"))


@test("the real orders go to PostgreSQL and back: the same rows, balance, statements, heads "
      "(PostgreSQL)")
def real_to_postgres_and_back():
    if not os.path.isdir(OLIST):
        raise Skip(f"the real data isn't at {OLIST} (MARKET_DATA names its folder)")
    first = fresh_store("sqlite")
    middle = fresh_store("postgresql")
    replay(first, OLIST, *(["--limit", str(LIMIT)] if LIMIT else []))
    there_and_back(first, middle, fresh_store("sqlite"))


@test("a backup into a folder that isn't there names it")
def backup_to_nowhere():
    store = fresh_store("sqlite")
    store.call("buyer.create", {"name": "Rosa"})
    refused(store.run("store", "backup", os.path.join(store.folder, "none", "shop.backup")),
            "there is no folder", "(absent)")


@on_both_stores("a backup comes back as the same store")
def backup_and_restore(store):
    replay(store, generated(22, 20))
    path = os.path.join(store.folder, "shop.backup")
    text = done(store.run("store", "backup", "--keys", path))
    expect("verify: self_consistent, " in text and f"keys: copied to {path}.keys" in text, text)
    equal(os.stat(path + ".keys").st_mode & 0o777, 0o600, "mode of the keys")
    equal(sorted(os.path.basename(name) for name in glob.glob(path + "*")),
          ["shop.backup", "shop.backup.keys", "shop.backup.sha256"], "files")
    checked = subprocess.run(["sha256sum", "-c", path + ".sha256"], cwd=store.folder,
                             capture_output=True, text=True)
    equal(checked.returncode, 0, checked.stdout)
    for kind in {"sqlite", store.kind}:
        again = fresh_store(kind)
        text = done(again.run("store", "restore", "--keys", path))
        expect("checksum: ok" in text, text)
        for part, value in state(store).items():
            equal(state(again)[part], value, part)
        equal(statements(again), statements(store), "statements")
    if store.kind == "sqlite":
        equal(rows(path), rows(store.beside), "rows")


class Writer:
    """Another process that writes until it is told to stop."""

    def __init__(self, store):
        self.process = subprocess.Popen([MARKET, "--store", store.url, "batch", "-"],
                                        cwd=store.folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.written = 0
        self.ended = False
        self.thread = threading.Thread(target=self.write)
        self.thread.start()

    def write(self):
        while not self.ended:
            line = {"op": "buyer.create", "key": f"w{self.written}",
                    "in": {"ref": f"w{self.written}", "name": "Rosa"}}
            self.process.stdin.write(json.dumps(line) + "\n")
            self.process.stdin.flush()
            if not json.loads(self.process.stdout.readline())["ok"]:
                break
            self.written += 1

    def stop(self):
        self.ended = True
        self.thread.join()
        self.process.stdin.close()
        self.process.wait()
        return self.written


@on_both_stores("backups are whole while another process writes")
def backup_while_writing(store):
    replay(store, generated(22, 20))
    writer = Writer(store)
    counts = []
    try:
        for number in range(4):
            before = writer.written
            path = os.path.join(store.folder, f"online-{number}")
            text = done(store.run("store", "backup", "--keys", path))
            expect("verify: self_consistent, " in text, text)
            found = len([row for row in rows(path)["buyer"] if "w" in str(row[2])[:1]])
            expect(before <= found <= writer.written + 1, before, found, writer.written)
            counts.append(found)
    finally:
        written = writer.stop()
    expect(written > counts[-1] >= counts[0], "nothing was written meanwhile", counts, written)
    again = fresh_store("sqlite")
    done(again.run("store", "restore", "--keys", os.path.join(store.folder, "online-3")))
    equal(again.call("buyer.get", {"buyer": f"ref:w{counts[-1] - 1}"})["name"], "Rosa", "the last")


class Copy:
    """A copy that believes it has a terminal, and so shows how far it is."""

    def __init__(self, source, target):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([MARKET, "store", "copy", "--keys", source.url, target.url],
                                        cwd=target.folder, stdout=subprocess.DEVNULL, stderr=slave)
        os.close(slave)

    def kill_at(self, percent):
        """Whether the kill came before the end."""
        text = ""
        while self.process.poll() is None:
            if select.select([self.master], [], [], 0.02)[0]:
                try:
                    text = text[-200:] + os.read(self.master, 65536).decode()
                except OSError:
                    break
            shown = re.findall(r"copying .*?(\d+) %", text)
            if shown and int(shown[-1]) >= percent:
                break
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)
        return self.process.returncode == -signal.SIGKILL


@on_both_stores("a copy that is killed half-way can't be opened, and is made when started again")
def killed_half_way(target):
    source = fresh_store("sqlite")
    replay(source, generated(23, 120))
    met = False
    for percent in (40, 20, 5):
        met = Copy(source, target).kill_at(percent)
        if met:
            break
        target = fresh_store(target.kind)
    expect(met, "no kill came before the end")
    for command in (("ledger", "verify"), ("call", "seller.list", "{}"), ("work",)):
        opened = target.run(*command)
        equal(opened.returncode, 2, command)
        expect("(incomplete)" in opened.stderr and "start it again" in opened.stderr,
               opened.stderr)
    refused(run("store", "copy", target.url, fresh_store("sqlite").url, folder=target.folder),
            "(incomplete)")
    begun = time.monotonic()
    done(copy(source, target, "--keys", folder=target.folder))
    expect(time.monotonic() - begun < 60, "it waited too long")
    for part, value in state(source).items():
        equal(state(target)[part], value, part)
    if target.kind == "sqlite":
        equal(rows(target.beside), rows(source.beside), "rows")


@on_both_stores("a restore that is older than an anchor says so, and writes nothing")
def older_than_anchor(store):
    anchors = [os.path.join(store.folder, f"anchor-{number}.json") for number in (1, 2)]
    path = os.path.join(store.folder, "old.backup")
    store.call("buyer.create", {"ref": "first", "name": "Rosa"})
    done(store.run("ledger", "checkpoint", "--out", anchors[0]))
    done(store.run("store", "backup", "--keys", path))
    store.call("buyer.create", {"ref": "second", "name": "Rosa"})
    done(store.run("ledger", "checkpoint", "--out", anchors[1]))
    target = fresh_store(store.kind)
    refused(target.run("store", "restore", "--anchor", anchors[0], f"--anchor={anchors[1]}", path),
            "ends at checkpoint 1", "anchor is checkpoint 2", "(time_order)")
    equal(target.run("ledger", "verify").returncode, 2, "opened")
    expect(store.kind != "sqlite" or not os.path.exists(target.beside), "a file was made")
    text = done(target.run("store", "restore", "--keys", "--anchor", anchors[0], path))
    expect("verify: ok, " in text, text)
    expect("newest checkpoint: 1" in text, text)
    other = fresh_store("sqlite")
    other.call("buyer.create", {"ref": "first", "name": "Rosa"})
    foreign = os.path.join(other.folder, "anchor.json")
    done(other.run("ledger", "checkpoint", "--out", foreign))
    refused(fresh_store("sqlite").run("store", "restore", "--anchor", foreign, path), "(invalid)",
            "is of store")


@test("a damaged backup is refused, with and without its checksum")
def damaged():
    store = fresh_store("sqlite")
    replay(store, generated(22, 20))
    path = os.path.join(store.folder, "shop.backup")
    done(store.run("store", "backup", path))
    with open(path, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)
    refused(fresh_store("sqlite").run("store", "restore", path), "checksum", "(corrupt)")
    os.remove(path + ".sha256")
    target = fresh_store("sqlite")
    refused(target.run("store", "restore", path), "damaged", "(corrupt)")
    expect(not os.path.exists(target.beside), "a file was made")
    shutil.copy(path, path + ".short")
    os.truncate(path + ".short", 5000)
    refused(fresh_store("sqlite").run("store", "restore", path + ".short"))
    refused(fresh_store("sqlite").run("store", "restore", path + ".absent"), "(absent)")


@test("a broken ledger isn't backed up as a good one")
def broken_ledger():
    is_not_taken("UPDATE leg SET credit = credit + 1 WHERE id = "
                 "(SELECT MAX(id) FROM leg WHERE credit > 0)")


@test("ACC-4: nor is one whose accounts and lots differ")
def broken_lot():
    is_not_taken("UPDATE lot SET payout_id = NULL, remaining = 100 WHERE id = "
                 "(SELECT MAX(id) FROM lot WHERE matured_at IS NOT NULL)")


def is_not_taken(damage):
    store = fresh_store("sqlite")
    replay(store, generated(22, 20))
    connection = sqlite3.connect(store.beside)
    equal(connection.execute(damage).rowcount, 1, "rows damaged")
    connection.commit()
    connection.close()
    path = os.path.join(store.folder, "broken.backup")
    refused(store.run("store", "backup", path), "the ledger is broken at", "(corrupt)")
    equal(glob.glob(path + "*"), [], "files")
    target = fresh_store("sqlite")
    refused(copy(store, target), "the ledger is broken at", "(corrupt)")
    equal(target.run("ledger", "verify").returncode, 2, "the copy opens")


@on_both_stores("a store that is there is never written over")
def target_is_taken(target):
    source = fresh_store("sqlite")
    source.call("buyer.create", {"ref": "rosa", "name": "Rosa"})
    target.call("buyer.create", {"ref": "lin", "name": "Lin"})
    refused(copy(source, target, folder=target.folder), "(exists)")
    equal(target.call("buyer.get", {"buyer": "ref:lin"})["name"], "Lin", "name")
    path = os.path.join(source.folder, "file")
    done(source.run("store", "backup", path))
    refused(source.run("store", "backup", path), "(exists)")
    refused(target.run("store", "restore", path), "(exists)")


@test("a file of others is no target, and no source")
def foreign():
    source = fresh_store("sqlite")
    source.call("buyer.create", {"ref": "rosa", "name": "Rosa"})
    target = fresh_store("sqlite")
    connection = sqlite3.connect(target.beside)
    connection.execute("CREATE TABLE theirs (x INTEGER)")
    connection.commit()
    connection.close()
    refused(copy(source, target), "(foreign_file)")
    refused(copy(target, fresh_store("sqlite")), "(foreign_file)")
    refused(run("store", "copy", source.url, "sqlite::memory:"), "(invalid)")


@on_both_stores("keys are copied only on request, closed to others, and never replaced")
def keys(target):
    source = fresh_store("sqlite")
    source.call("buyer.create", {"ref": "rosa", "name": "Rosa"})
    kept = target.beside + ".keys"
    text = done(copy(source, target, folder=target.folder))
    expect("keys: not copied; the copy needs " in text and os.path.basename(kept) in text, text)
    expect("verify: self_consistent, " in text, text)
    expect(not os.path.exists(kept), "keys were copied")
    equal(target.run("ledger", "verify").returncode, 2, "opened without keys")
    again = fresh_store(target.kind)
    with open(again.beside + ".keys", "w") as file:
        file.write("of another store")
    refused(copy(source, again, "--keys", folder=again.folder), "(signing_key)")
    os.remove(again.beside + ".keys")
    text = done(copy(source, again, "--keys", folder=again.folder))
    equal(os.stat(again.beside + ".keys").st_mode & 0o777, 0o600, "mode")
    equal(again.run("ledger", "verify").returncode, 3, "verify")


@test("without the keys a store is copied, and the output says what that means")
def keys_absent():
    source = fresh_store("sqlite")
    source.call("buyer.create", {"ref": "rosa", "name": "Rosa"})
    os.remove(source.beside + ".keys")
    text = done(copy(source, fresh_store("sqlite")))
    expect("verify: not done, the keys aren't here" in text, text)
    refused(copy(source, fresh_store("sqlite"), "--keys"), "(signing_key)")


@test("store: wrong usage exits 2")
def usage():
    for words in ((), ("copy",), ("copy", "sqlite:a"), ("copy", "sqlite:a", "sqlite:b", "c"),
                  ("backup",), ("backup", "file"), ("restore", "--anchor"), ("move", "a", "b"),
                  ("copy", "--fast", "sqlite:a", "sqlite:b"),
                  ("copy", "--anchor", "/nowhere", "sqlite:a", "sqlite:b")):
        equal(run("store", *words).returncode, 2, words)


def guide_runs(page, least, store, url=None):
    """The commands of a guide run as they stand, beside the store's files."""
    with open(os.path.join(SOURCE, "docs", "guides", page), encoding="utf-8") as file:
        blocks = re.findall(r"```sh\n(.*?)```", file.read(), re.S)
    for end in ("", ".keys"):
        shutil.copy(store.beside + end, os.path.join(store.folder, "shop.db" + end))
    os.symlink(BUILD, os.path.join(store.folder, "build"))
    expect(len(blocks) >= least, "commands are missing")
    for block in blocks:
        ran = subprocess.run(["sh", "-e"], cwd=store.folder, capture_output=True, text=True,
                             input=block.replace("postgresql:///shop", url or "postgresql:///shop"))
        equal(ran.returncode, 0, block + ran.stdout + ran.stderr)


@test("the guide's commands run as they stand (PostgreSQL)")
def guide():
    store = fresh_store("sqlite")
    database = fresh_store("postgresql")
    replay(store, generated(22, 20))
    newest = sorted(glob.glob(store.beside + ".anchors/*"), key=os.path.getmtime)[-1]
    shutil.copy(newest, os.path.join(store.folder, "shop.db.anchor"))
    guide_runs("backup.md", 4, store, database.url)


@test("SEL-10: the commands of the guide to keys run as they stand")
def guide_to_keys():
    store = fresh_store("sqlite")
    equal(run("--store", store.url, "demo").returncode, 0, "demo")
    guide_runs("keys.md", 2, store)


@test("SEL-10: an older copy of the keys file makes no second key of a number")
def older_keys():
    store = fresh_store("sqlite")
    keys, older = store.beside + ".keys", os.path.join(store.folder, "older")
    equal(run("--store", store.url, "demo").returncode, 0, "demo")
    for words in (("rotate",), ("rotate", "--signing")):
        shutil.copy(keys, older)
        equal(run("--store", store.url, "keys", *words).returncode, 0, words)
        if len(words) > 1:
            store.run("ledger", "checkpoint")
        newest = open(keys, "rb").read()
        shutil.copy(older, keys)
        refused = run("--store", store.url, "keys", *words)
        equal(refused.returncode, 1, refused.stdout)
        expect("keys that the keys file hasn't" in refused.stderr, refused.stderr)
        expect(open(keys, "rb").read() == open(older, "rb").read(), "the file was changed")
        with open(keys, "wb") as file:
            file.write(newest)
    equal(run("--store", store.url, "keys", "rotate").returncode, 0, "by the newest")


@test("SEL-10: what is sealed isn't found by a digest in the store")
def no_digest():
    digests = []
    for _ in range(2):
        store = fresh_store("sqlite")
        store.call("seller.apply", {"name": "Lin", "store_type": "individual", "country": "BR",
                                    "currency": "BRL", "owner_name": "Lin", "ref": "lin",
                                    "key": "open"})
        store.call("submission.create", {"seller": "ref:lin", "requirement": "identity",
                                         "document": "123.456.789-09", "key": "sealed"},
                   "--as", "operator:cli")
        with contextlib.closing(sqlite3.connect(store.beside)) as rows:
            digests.append(dict(rows.execute("SELECT key, digest FROM journal WHERE key IN "
                                             "('open', 'sealed')")))
    equal(digests[0]["open"], digests[1]["open"], "of what isn't sealed")
    expect(digests[0]["sealed"] != digests[1]["sealed"], "the same without the keys")


@test("SEL-10: keys are listed, changed and dropped; wrong words are usage (sqlite, postgresql)")
def keys():
    for kind in ("sqlite", "postgresql"):
        store = fresh_store(kind)
        equal(run("--store", store.url, "demo").returncode, 0, "demo")
        changed = run("--store", store.url, "keys", "rotate")
        equal(changed.returncode, 0, changed.stderr)
        expect("sealing key 2: new, in use" in changed.stdout, changed.stdout)
        expect("sealing key 1: 0 records, may go" in changed.stdout, changed.stdout)
        early = run("--store", store.url, "keys", "drop", "1")
        equal(early.returncode, 1, early.stdout)
        expect("less than a minute" in early.stderr, early.stderr)
        for words in ((), ("list", "x"), ("rotate", "x"), ("drop",), ("drop", "one"),
                      ("drop", "1", "2"), ("make",)):
            equal(run("--store", store.url, "keys", *words).returncode, 2, words)
