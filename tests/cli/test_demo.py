"""market demo."""

import os
import re

from harness import Suite, equal, expect, fresh_store, on_both_stores, run, test


def check(done):
    equal(done.returncode, 0, done.stderr[-500:])
    lines = done.stdout.splitlines()
    equal(lines[-1], "verify: ok", "the last line")
    figures = dict(re.findall(r"^(\D+?) +(-?\d+\.\d\d)", done.stdout, re.MULTILINE))
    amounts = {name.strip(): round(float(value) * 100) for name, value in figures.items()}
    equal(amounts["buyers paid"] + amounts["platform's coupons"],
          sum(amounts[name] for name in ("sellers earned", "platform's fees", "taxes on them",
                                         "affiliates",
                                         "refunded", "still held")), "what came in")
    expect(amounts["still held"] > 0, "nothing is held")
    for words in ("refunded before the release", "refunded after the payout", "late", "declined",
                  "doesn't answer", "confirms itself", "checkpoint is signed and exported"):
        expect(words in done.stdout, "no", words)


@test("the demo needs no arguments and leaves nothing behind")
def demo_alone():
    folder = os.path.join(Suite.folder, "demo")
    os.mkdir(folder)
    check(run("demo", timeout=120, environment={"TMPDIR": folder}))
    equal(os.listdir(folder), [], "what it left")


@on_both_stores("the demo's store is whole and anchored")
def demo_store(store):
    check(store.run("demo"))
    done = store.run("ledger", "verify", "--anchor", store.beside + ".anchor")
    equal(done.returncode, 0, done.stdout + done.stderr)
    sellers = store.call("seller.list", {}).get("items", [])
    expect(len(sellers) >= 4, "sellers")
    again = store.run("demo")
    equal(again.returncode, 2, "a store that isn't fresh")


@test("the demo says verify: ok only with its anchor")
def demo_unanchored():
    store = fresh_store("sqlite")
    store.run("demo")
    os.remove(store.beside + ".anchor")
    equal(store.run("ledger", "verify").returncode, 3, "without the anchor")
