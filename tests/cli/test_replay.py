"""market replay on generated folders, and on the real data where it is."""

import os
import shutil

from harness import (DATA, Skip, Suite, cents, equal, expect, fresh_store, generated,
                     on_both_stores, seed_of, test)
from replaying import check_identity, check_legs, check_totals, figures, replay, state

OLIST = os.path.join(DATA, "olist")


def folder():
    return generated(seed_of("MARKET_REPLAY_SEED", 7))


@on_both_stores("a generated folder's totals are those of its files, per seller")
def totals(store):
    output = replay(store, folder())
    check_totals(output, folder())
    for note in ("times_made", "sellers_made", "products_unknown", "orders_shifted",
                 "reviews_moved",
                 "reviews_ignored", "rows_ignored", "payments_differ"):
        expect(output.notes[note] > 0, "the folder has no", note)
    equal(len(output.differences), output.notes["payments_differ"], "differences")


@on_both_stores("20 orders of a generated folder have the legs that the rules want")
def legs(store):
    replay(store, folder())
    check_legs(store, folder(), "MARKET_LEGS_SEED", 11)


@on_both_stores("run again, a replay changes nothing")
def again(store):
    first = replay(store, folder())
    before = state(store)
    second = replay(store, folder())
    equal(figures(second), figures(first), "figures")
    equal(state(store), before, "store")
    equal(second.totals["orders_per_second"], 0, "orders per second")


@test("--limit runs so many orders, and a store of another limit is refused")
def limited():
    store = fresh_store("sqlite")
    check_totals(replay(store, folder(), "--limit", "10"), folder(), 10)
    done = store.run("replay", folder())
    equal(done.returncode, 2, done.stdout)
    expect("something else" in done.stderr, done.stderr)
    done = store.run("replay", generated(3, 5))
    equal(done.returncode, 2, done.stdout)


@test("only order_items.csv is needed")
def items_alone():
    path = os.path.join(Suite.folder, "items-alone")
    os.makedirs(path, exist_ok=True)
    shutil.copy(os.path.join(folder(), "order_items.csv"), path)
    output = replay(fresh_store("sqlite"), path)
    check_totals(output, path)
    equal(output.notes["times_made"], output.totals["orders"], "times made")
    equal(output.notes["sellers_made"], output.totals["sellers"], "sellers made")


@test("the text for people has the same figures")
def for_people():
    done = fresh_store("sqlite").run("replay", folder())
    equal(done.returncode, 0, done.stderr)
    expect(done.stdout.endswith("verify: ok\n"), done.stdout[-200:])
    expect("DOESN'T" not in done.stdout and "payment differs: order" in done.stdout,
           done.stdout[:300])
    expect("\r" not in done.stderr, "a progress bar without a terminal")


@test("without its anchors a finished replay is only self-consistent")
def without_anchors():
    store = fresh_store("sqlite")
    equal(replay(store, folder()).totals["verify"], "ok", "first")
    shutil.rmtree(store.beside + ".anchors")
    equal(replay(store, folder()).totals["verify"], "self_consistent", "again")


@test("a broken ledger is named and exits 1")
def broken():
    import sqlite3
    store = fresh_store("sqlite")
    replay(store, folder(), "--limit", "5")
    with sqlite3.connect(store.beside) as connection:
        connection.execute("UPDATE leg SET credit = credit + 1 WHERE id = "
                           "(SELECT MAX(id) FROM leg WHERE credit > 0)")
    connection.close()
    done = store.run("replay", "--json", "--limit", "5", folder())
    equal(done.returncode, 1, done.stdout[-300:])
    expect('"verify":"broken"' in done.stdout and "broken at" in done.stderr, done.stderr)


HEADER = "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value\n"
ROW = "o1,1,p1,s1,2017-09-19 09:45:35,58.90,13.29\n"
BAD = (
    ("a file that isn't there", None, "order_items.csv"),
    ("an empty file", "", ":1: the header is missing"),
    ("a header alone", HEADER, "has no rows"),
    ("a missing column", HEADER.replace("price", "cost") + ROW, ":1: column price is missing"),
    ("a column twice", HEADER.replace("price", "seller_id") + ROW,
     ":1: column seller_id stands there twice"),
    ("a row too short", HEADER + ROW + "o2,1\n", ":3: 2 fields; the header has 7"),
    ("a row too long", HEADER + ROW.replace("13.29", "13.29,1"), ":2: 8 fields"),
    ("an open quote", HEADER + '"o1,1,p1\n', ":2: the quote of field 1 isn't closed"),
    ("a quote inside", HEADER + ROW.replace("p1", 'p"1'), ":2: a quote inside field 3"),
    ("text behind a quote", HEADER + ROW.replace("p1", '"p1"x'),
     ":2: text behind the closing quote of field 3"),
    ("a lone carriage return", HEADER + ROW.replace("p1,", "p1\r,"),
     ":2: a carriage return without a line feed"),
    ("a NUL", HEADER + ROW.replace("p1", "p\0"), ":2: a NUL in field 3"),
    ("bad UTF-8", HEADER.encode() + ROW.replace("p1", "p").encode().replace(b",p,", b",p\xff,"),
     ":2: field 3 isn't valid UTF-8"),
    ("a bad date", HEADER + ROW.replace("09-19", "02-30"),
     ":2: \"2017-02-30 09:45:35\" isn't a time"),
    ("another form of date", HEADER + ROW.replace("2017-09-19 09:45:35", "19/09/2017 9:45"),
     "isn't a time"),
    ("no amount", HEADER + ROW.replace("58.90", "58,90"), ":2: 8 fields"),
    ("a price of nothing", HEADER + ROW.replace("58.90", "0.00"),
     ":2: the amount 0.00 is out of range"),
    ("three digits", HEADER + ROW.replace("58.90", "58.901"), ":2: \"58.901\" isn't an amount"),
    ("a bad id", HEADER + ROW.replace("s1", "s/1"), ":2: \"s/1\" isn't an id"),
    ("an item twice", HEADER + ROW + ROW, ":3: item 1 of order o1 stands there twice"),
    ("a line that never ends", HEADER + ROW.replace("p1", "p" * 300_000), ":2: longer than"),
)


@test("bad files are refused with file and line, before a store is made")
def bad_files():
    for number, (what, text, words) in enumerate(BAD):
        path = os.path.join(Suite.folder, f"bad-{number}")
        os.makedirs(path)
        if text is not None:
            with open(os.path.join(path, "order_items.csv"), "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())
        store = fresh_store("sqlite")
        done = store.run("replay", path)
        equal(done.returncode, 2, what)
        expect(words in done.stderr, f"{what}: {done.stderr!r} doesn't say {words!r}")
        expect(not os.path.exists(store.beside), what, "made a store")


def real():
    if not os.path.isdir(OLIST):
        raise Skip(f"the real data isn't at {OLIST} (MARKET_DATA names its folder)")
    return OLIST


def check_real(store):
    output = replay(store, real())
    found = output.totals
    equal((found["orders"], found["seller_orders"], found["items"], found["gross"],
           found["freight"]),
          (4409, 4455, 5005, "602577.83", "100219.25"), "totals")
    equal(cents(found["paid"]), cents(found["gross"]) + cents(found["freight"]), "paid")
    equal(output.notes["payments_differ"], 31, "differences")
    check_identity(found)
    check_totals(output, OLIST)
    check_legs(store, OLIST, "MARKET_REAL_LEGS_SEED", 20)
    before = state(store)
    equal(figures(replay(store, OLIST)), figures(output), "figures of a second run")
    equal(state(store), before, "store after a second run")


@on_both_stores("the real orders: totals, sellers, legs, and nothing changes in a second run")
def real_orders(store):
    real()
    check_real(store)
