"""call, batch, schema, policy, work, ledger: exit codes and what is printed."""

import json
import os
import random
import stat
import subprocess
import threading

from harness import MARKET, equal, expect, fresh_store, on_both_stores, run, seed_of, test

RULES = {"ref": "rosa", "name": "Rosa Lima"}
APPLICATION = {"ref": "aurora", "name": "Aurora", "store_type": "individual", "country": "BR",
               "currency": "BRL",
               "owner_name": "Ana", "owner_ref": "ana"}


def batch(store, *lines):
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = store.run("batch", text=text)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@on_both_stores("call prints the result as JSON and exits 0")
def call_prints(store):
    done = store.run("call", "buyer.create", json.dumps(RULES))
    equal(done.returncode, 0, done.stderr)
    equal(json.loads(done.stdout)["ref"], "rosa", "ref")
    equal(done.stdout.count("\n"), 1, "lines")


@on_both_stores("a refused call prints the error as JSON and exits 1")
def call_refused(store):
    store.call("buyer.create", RULES)
    done = store.run("call", "buyer.create", json.dumps(RULES))
    error = json.loads(done.stdout)
    equal(done.returncode, 1, "exit")
    equal((error["code"], error["class"], error["field"]), ("exists", "state", "ref"), "error")
    equal(sorted(error), ["class", "code", "detail", "field", "hint", "message", "object"],
          "members")


@test("an unknown operation exits 1 with its name")
def call_unknown():
    done = fresh_store("sqlite").run("call", "buyer.destroy", "{}")
    equal(done.returncode, 1, "exit")
    equal(json.loads(done.stdout)["code"], "unknown_operation", "code")
    expect("buyer.destroy" in done.stdout, done.stdout)


@test("bad JSON of a call is wrong usage and names line and column")
def call_bad_json():
    done = fresh_store("sqlite").run("call", "buyer.create", '{"name":\n "x",}')
    equal(done.returncode, 2, "exit")
    equal(done.stdout, "", "output")
    expect("line 2, column" in done.stderr, done.stderr)
    equal(fresh_store("sqlite").run("call", "buyer.create", '{"name":"x","name":"y"}').returncode,
          2, "duplicate")
    equal(fresh_store("sqlite").run("call", "buyer.create", "[1]").returncode, 2, "array")


@test("call reads its params from standard input")
def call_stdin():
    done = fresh_store("sqlite").run("call", "buyer.create", "-", text=json.dumps(RULES))
    equal(done.returncode, 0, done.stderr)
    equal(json.loads(done.stdout)["name"], "Rosa Lima", "name")


@on_both_stores("the same key gives the first result and changes nothing")
def call_key(store):
    first = store.call("buyer.create", RULES, "--key", "k1")
    equal(store.call("buyer.create", RULES, "--key", "k1"), first, "second")
    done = store.run("call", "--key", "k1", "buyer.create", '{"name":"Another"}')
    equal((done.returncode, json.loads(done.stdout)["code"]), (1, "key_reused"), "other content")
    equal(len(store.call("event.list").get("items", [])), 1, "journal rows")


@on_both_stores("--as acts for buyers and members, by id or ref")
def call_as(store):
    buyer = store.call("buyer.create", RULES)
    store.call("buyer.create", {"ref": "other", "name": "Other"})
    for actor in ("buyer:" + buyer["id"], "buyer:ref:rosa"):
        equal(store.call("buyer.get", {"buyer": buyer["id"]}, "--as", actor)["id"], buyer["id"],
              actor)
    done = store.run("call", "--as", "buyer:ref:other", "buyer.get",
                     json.dumps({"buyer": buyer["id"]}))
    equal((done.returncode, json.loads(done.stdout)["code"]), (1, "not_found"), "a stranger")
    done = store.run("call", "--as", "buyer:ref:nobody", "buyer.get",
                     json.dumps({"buyer": buyer["id"]}))
    equal(done.returncode, 1, "an unknown actor")
    store.call("seller.apply", APPLICATION, "--as", "anonymous")
    equal(store.call("seller.get", {"seller": "ref:aurora"}, "--as=member:ref:ana")["ref"],
          "aurora", "member")


@on_both_stores("--at sets the time, and an earlier one is refused")
def call_at(store):
    buyer = store.call("buyer.create", RULES, "--at", "2026-01-05T10:00:00Z")
    equal(buyer["created_at"], "2026-01-05T10:00:00.000Z", "created_at")
    done = store.run("call", "--at", "2026-01-05T09:59:59Z", "buyer.create", '{"name":"Early"}')
    equal((done.returncode, json.loads(done.stdout)["code"]), (1, "time_order"), "earlier")
    equal(store.run("call", "--at", "yesterday", "buyer.create", '{"name":"X"}').returncode, 2,
          "no time")


@on_both_stores("batch gives one numbered line for each and goes on behind a refusal")
def batch_goes_on(store):
    code, results = batch(
        store,
        {"op": "buyer.create", "in": RULES, "key": "a"},
        {"op": "buyer.create", "in": RULES},
        {"op": "buyer.create", "in": RULES, "key": "a"},
        "",
        {"op": "buyer.get", "as": "buyer:ref:rosa", "in": {"buyer": "ref:rosa"}},
    )
    equal(code, 1, "exit")
    equal([result["n"] for result in results], [1, 2, 3, 5], "numbers")
    equal([result["ok"] for result in results], [True, False, True, True], "ok")
    equal([result["op"] for result in results], ["buyer.create"] * 3 + ["buyer.get"], "op")
    equal(results[1]["error"]["code"], "exists", "error")
    equal([result.get("replayed") for result in results], [None, None, True, None], "replayed")
    equal(results[2]["out"], results[0]["out"], "the replayed result")
    expect("out" not in results[1] and "error" not in results[0], results)


@test("a batch without a refusal exits 0")
def batch_clean():
    store = fresh_store("sqlite")
    equal(batch(store, {"op": "buyer.create", "in": RULES},
                {"op": "buyer.get", "in": {"buyer": "ref:rosa"}})[0], 0,
          "exit")
    equal(batch(store), (0, []), "an empty one")


@test("bad lines of a batch are refused one by one")
def batch_bad_lines():
    code, results = batch(
        fresh_store("sqlite"),
        '{"op":"buyer.create",',
        "[]",
        {"as": "system"},
        {"op": 5},
        {"op": "a.b", "in": []},
        {"op": "nothing.at_all"},
        {"op": "buyer.create", "when": "now"},
        {"op": "buyer.create", "at": "soon"},
        {"op": "buyer.create", "in": {}},
        '{"op":"buyer.get","op":"buyer.get"}',
        {"op": "buyer.create", "in": RULES},
    )
    equal(code, 1, "exit")
    codes = [result["error"]["code"] if not result["ok"] else "ok" for result in results]
    equal(codes, ["syntax", "wrong_type", "missing", "wrong_type", "wrong_type",
                  "unknown_operation",
                  "unknown_field", "invalid", "missing", "syntax", "ok"], "codes")
    equal([results[i]["error"]["field"] for i in (2, 3, 4, 6, 7, 8)],
          ["op", "op", "in", "when", "at", "name"],
          "fields")
    expect("column" in results[0]["error"]["message"], results[0])


@on_both_stores("linked lines of a batch are done whole or not at all")
def batch_linked(store):
    code, results = batch(
        store,
        {"op": "buyer.create", "in": {"name": "A", "ref": "a"}},
        {"op": "buyer.create", "in": {"name": "B", "ref": "b"}, "linked": True},
        {"op": "buyer.create", "in": {"name": "C", "ref": "a"}, "linked": True, "key": "c"},
        {"op": "buyer.create", "in": {"name": "D", "ref": "d"}},
        {"op": "buyer.create", "in": {"name": "E", "ref": "e"}, "linked": True},
        {"op": "buyer.get", "in": {"buyer": "ref:e"}},
        {"op": "buyer.get", "in": {"buyer": "ref:b"}, "linked": 1},
        {"op": "buyer.get", "in": {"buyer": "ref:b"}, "linked": True},
    )
    equal(code, 1, "exit")
    codes = [result["error"]["code"] if not result["ok"] else "ok" for result in results]
    equal(codes, ["ok", "chain_broken", "exists", "chain_broken", "ok", "ok", "wrong_type",
                  "invalid"], "codes")
    expect("line 3 broke" in results[1]["error"]["message"], results[1])
    equal(store.run("call", "buyer.get", '{"buyer":"ref:b"}').returncode, 1, "of a broken chain")


@test("a batch's lines may end in CRLF or be blank, and keep their numbers")
def batch_blank_lines():
    store = fresh_store("sqlite")
    lines = ["", " \t", '{"op":"buyer.create","in":{"name":"A"},"linked":true}', "  ",
             '{"op":"buyer.destroy"}', "", '{"op":"buyer.create","in":{"name":"B"}}']
    done = store.run("batch", text="\r\n".join(lines))
    results = [json.loads(line) for line in done.stdout.splitlines()]
    equal([(result["n"], result["ok"]) for result in results], [(3, False), (5, False), (7, True)],
          "results")
    equal(results[0]["error"]["message"], "line 5 broke its chain", "message")


@test("what can't be read or written is no success")
def batch_streams():
    store = fresh_store("sqlite")
    line = '{"op":"buyer.create","in":{"name":"A"}}\n'
    equal(store.run("batch", ".").returncode, 2, "a folder")
    equal(store.run("policy", "check", ".").returncode, 2, "a folder")
    store.run("batch", text=line)
    for shell, text in (('exec "$@" batch <&-', ""), ('exec "$@" shell <.', ""),
                        ('exec "$@" batch >&-', line),
                        ('exec "$@" batch >/dev/full', line * 200),
                        ('exec "$@" call seller.list >/dev/full', ""),
                        ('exec "$@" schema >/dev/full', "")):
        done = subprocess.run(["sh", "-c", shell, "sh", MARKET, "--store", store.url],
                              cwd=store.folder, input=text, capture_output=True, text=True,
                              timeout=60, check=False)
        equal(done.returncode, 2, shell)
        expect("market: can't " in done.stderr, done.stderr)
    # of 200 lines those behind the first call weren't run: nobody would know
    equal(len(store.call("event.list", {"limit": 200})["items"]) < 150, True, "stopped")


@on_both_stores("a batch answers what is there and doesn't wait for more")
def batch_interactive(store):
    process = subprocess.Popen([MARKET, "--store", store.url, "batch"], cwd=store.folder,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    timer = threading.Timer(60, process.kill)
    timer.start()
    try:
        for n in range(1, 6):
            line = json.dumps({"op": "buyer.create", "linked": n == 4,
                               "in": {"name": f"b{n}", "ref": f"b{n}"}})
            # a line's end, and the beginning of the next one
            process.stdin.write((line[1 if n > 1 else 0:] + "\n{").encode()[:None if n < 5 else -1])
            process.stdin.flush()
            for expected in ([4, 5] if n == 5 else [n] if n < 4 else []):
                result = json.loads(process.stdout.readline())
                equal((result["n"], result["ok"]), (expected, True), "result")
        process.stdin.close()
        equal(process.wait(), 0, "exit")
    finally:
        timer.cancel()
        process.stdout.close()


@on_both_stores("each line that a killed batch has printed is in the store")
def batch_killed(store):
    rnd = random.Random(seed_of("MARKET_KILL_SEED", 1))
    store.call("buyer.create", {"name": "first"})
    for number in range(3):
        text = "".join(json.dumps({"op": "buyer.create", "key": f"{number}-{i}",
                                   "linked": i % 4 == 1,
                                   "in": {"name": "x", "ref": f"{number}-{i}"}}) + "\n"
                       for i in range(4000))
        process = subprocess.Popen([MARKET, "--store", store.url, "batch"], cwd=store.folder,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        feeder = threading.Thread(target=feed, args=(process, text))
        feeder.start()
        lines = [process.stdout.readline() for _ in range(rnd.randrange(1, 300))]
        process.kill()
        lines += process.stdout.read().splitlines(True)
        process.wait()
        feeder.join()
        lines = [line for line in lines if line.endswith("\n")]
        expect(0 < len(lines) < 4000, "the kill came too late", len(lines))
        expect(all(json.loads(line)["ok"] for line in lines), lines[-1])
        found = batch(store, *({"op": "buyer.get", "in": {"buyer": f"ref:{number}-{i}"}}
                               for i in range(len(lines) + 70)))[1]
        there = [result["ok"] for result in found]
        expect(all(there[:len(lines)]), "an answered line is lost", len(lines))
        expect(all(there[i] == there[i + 1] for i in range(1, len(there) - 1, 4)), "half a chain")


def feed(process, text):
    try:
        process.stdin.write(text)
        process.stdin.close()
    except BrokenPipeError:
        pass


@test("a line of a batch is bounded")
def batch_bounded():
    store = fresh_store("sqlite")
    long = json.dumps({"op": "buyer.create", "in": {"name": "x" * 2_000_000}})
    code, results = batch(store, long, {"op": "buyer.create", "in": RULES})
    equal(code, 1, "exit")
    equal([result["ok"] for result in results], [False, True], "ok")
    equal(results[0]["error"]["code"], "limit", "code")


@on_both_stores("a line's time does what is due first")
def batch_at(store):
    code, results = batch(
        store, {"op": "seller.apply", "in": APPLICATION, "at": "2026-01-05T00:00:00Z"},
        {"op": "seller.get", "in": {"seller": "ref:aurora"}, "at": "2026-04-04T00:00:00Z"},
        {"op": "seller.get", "in": {"seller": "ref:aurora"}, "at": "2026-04-06T00:00:00Z"})
    equal(code, 0, results)
    equal([result["out"]["state"] for result in results], ["onboarding", "onboarding", "rejected"],
          "states")
    equal(results[2]["out"]["reason"], "stale", "reason")


@test("batch reads a file, and one that isn't there is wrong usage")
def batch_file():
    store = fresh_store("sqlite")
    path = os.path.join(store.folder, "lines.jsonl")
    with open(path, "w") as file:
        file.write(json.dumps({"op": "buyer.create", "in": RULES}) + "\r\n")
    equal(store.run("batch", path).returncode, 0, "a file")
    equal(store.run("batch", path + ".absent").returncode, 2, "an absent one")


@on_both_stores("work does what is due at its time")
def work(store):
    store.call("seller.apply", APPLICATION, "--at", "2026-01-05T00:00:00Z")
    equal(store.run("work", "--at", "2026-04-06T00:00:00Z").returncode, 0, "exit")
    equal(store.call("seller.get", {"seller": "ref:aurora"})["state"], "rejected", "state")


@test("the schema names every operation")
def schema():
    done = run("schema")
    equal(done.returncode, 0, done.stderr)
    expect("order.place" in json.loads(done.stdout)["operations"], "operations")


@test("rules check tries a pack's examples, and rules add puts it into a policy")
def rules():
    folder = fresh_store("sqlite").folder
    path = os.path.join(folder, "pack.yaml")
    policy = os.path.join(folder, "policy.yaml")
    with open(path, "w", encoding="utf-8") as out:
        out.write("# A pack.\n\nname: p\nrules:\n- id: a\n  severity: block\n  terms: [best]\n"
                  "  match: [worst]\n")
    done = run("rules", "check", path)
    equal(done.returncode, 1, "a wrong example")
    equal(done.stdout.split(": ")[0], path + ":8:11", "its place")
    with open(policy, "w", encoding="utf-8") as out:
        out.write(run("policy", "default").stdout)
    done = run("rules", "add", policy, path)
    equal(done.returncode, 0, "added")
    with open(policy, "w", encoding="utf-8") as out:
        out.write(done.stdout)
    equal(run("policy", "check", policy).returncode, 0, "a policy still")
    equal("    - name: p\n      rules:\n" in done.stdout, True, "the pack is an item")
    equal(run("rules", "add", policy, path + ".absent").returncode, 2, "an absent file")


@test("policy check names line and column of every error")
def policy():
    default = run("policy", "default").stdout
    path = os.path.join(fresh_store("sqlite").folder, "policy.yaml")
    with open(path, "w") as file:
        file.write(default)
    equal(run("policy", "check", path).returncode, 0, "the built-in one")
    with open(path, "w") as file:
        file.write(default.replace("maturity: 7d", "matured: 7d").replace("rate: 12%",
                                                                          "rate: twelve"))
    done = run("policy", "check", path)
    equal(done.returncode, 1, "exit")
    lines = [line for line in done.stdout.splitlines() if line.startswith(path + ":")]
    expect(len(lines) >= 2 and all(line.split(":")[1].isdigit() and line.split(":")[2].isdigit()
                                   for line in lines),
           done.stdout)
    equal(run("policy", "check", path + ".absent").returncode, 2, "an absent file")


@test("wrong usage exits 2 and says why")
def usage():
    for arguments in ((), ("dance",), ("call",), ("ledger",), ("ledger", "audit"), ("replay",),
                      ("replay", "a", "b"),
                      ("replay", "--limit", "0", "a"), ("demo", "x"), ("call", "buyer.get"),
                      ("--store",)):
        done = run(*arguments)
        equal(done.returncode, 2, " ".join(arguments))
        expect(done.stderr, "nothing said of", arguments)
    equal(run("--help").returncode, 0, "--help")
    expect(run("--version").stdout.startswith("market 0."), "--version")


@test("a store that can't be opened exits 2")
def no_store():
    done = run("--store", "sqlite:/nowhere/at/all.db", "call", "buyer.get", "{}")
    equal(done.returncode, 2, done.stdout)
    expect("can't open the store" in done.stderr, done.stderr)


def sell_nothing(store):
    """A transfer, so that there is something to seal."""
    return store.call("ledger.transfer", {
        "client_id": f"adjustment:{store.number}", "kind": "direct", "reason": "test", "legs": [
            {"account": "bank", "debit": {"amount": "5.00", "currency": "BRL"}},
            {"account": "suspense", "credit": {"amount": "5.00", "currency": "BRL"}}]})


@on_both_stores("LED-8: verify exits 3 without an anchor and 0 with one")
def verify_exits(store):
    sell_nothing(store)
    anchor = os.path.join(store.folder, "anchor.json")
    equal(store.run("ledger", "checkpoint", "--out", anchor).returncode, 0, "checkpoint")
    done = store.run("ledger", "verify")
    equal(done.returncode, 3, done.stdout + done.stderr)
    expect(done.stdout.endswith("verify: self_consistent\n"), done.stdout)
    done = store.run("ledger", "verify", "--anchor", anchor)
    equal(done.returncode, 0, done.stdout + done.stderr)
    expect(done.stdout.endswith("verify: ok\n"), done.stdout)
    expect("anchors: 1\n" in done.stdout, done.stdout)


@test("LED-8: verify exits 1 and names the first broken place")
def verify_broken():
    import sqlite3
    store = fresh_store("sqlite")
    sell_nothing(store)
    anchor = os.path.join(store.folder, "anchor.json")
    store.run("ledger", "checkpoint", "--out", anchor)
    with sqlite3.connect(store.beside) as connection:
        connection.execute("UPDATE leg SET debit = debit + 1 WHERE debit > 0")
    connection.close()
    for options in ((), ("--anchor", anchor)):
        done = store.run("ledger", "verify", *options)
        equal(done.returncode, 1, done.stdout + done.stderr)
        expect("broken at " in done.stdout and done.stdout.endswith("verify: broken\n"),
               done.stdout)


@test("LED-8: verify exits 2 when it can't run")
def verify_cannot_run():
    store = fresh_store("sqlite")
    equal(store.run("ledger", "verify").returncode, 2, "no store")
    expect(not os.path.exists(store.beside), "verify made a store")
    sell_nothing(store)
    equal(store.run("ledger", "verify", "--anchor", store.beside + ".absent").returncode, 2,
          "no anchor")
    path = os.path.join(store.folder, "bad.json")
    with open(path, "w") as file:
        file.write("{}")
    equal(store.run("ledger", "verify", "--anchor", path).returncode, 2, "no anchor's text")


@test("--out writes to a pipe and leaves it one")
def checkpoint_into_pipe():
    store = fresh_store("sqlite")
    store.call("buyer.create", RULES)
    done = store.run("ledger", "checkpoint", "--out", "/dev/stdout")
    equal(done.returncode, 0, done.stderr)
    expect(done.stdout.startswith('{"format":"libmarket-checkpoint-1"'), done.stdout)
    pipe = os.path.join(store.folder, "pipe")
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    store.run("ledger", "checkpoint", "--out", pipe)
    expect(b"libmarket-checkpoint-1" in reader.communicate(timeout=60)[0], "read from the pipe")
    expect(stat.S_ISFIFO(os.stat(pipe).st_mode), "still a pipe")
    equal(store.run("ledger", "checkpoint", "--out", store.folder).returncode, 2, "a folder")


@on_both_stores("a checkpoint is printed when no file is named")
def checkpoint_printed(store):
    sell_nothing(store)
    done = store.run("ledger", "checkpoint")
    equal(done.returncode, 0, done.stderr)
    expect(isinstance(json.loads(done.stdout), dict), done.stdout)
