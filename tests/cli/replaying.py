"""Runs of `market replay`, and what is compared between them."""

import json
import random

from expect import Files
from harness import cents, equal, expect, seed_of

AMOUNTS = ("gross", "freight", "paid", "discounts_funded", "seller_earnings", "platform_fees",
           "taxes", "splits",
           "refunded", "held")


class Output:
    def __init__(self, text):
        lines = [json.loads(line) for line in text.splitlines()]
        self.totals = lines[-1]
        self.notes = next(line["notes"] for line in lines if "notes" in line)
        self.sellers = {line["seller"]: line for line in lines if "seller" in line}
        self.differences = [line for line in lines if "difference" in line]


def replay(store, folder, *options):
    done = store.run("replay", "--json", *options, folder)
    expect(done.returncode == 0, "replay ended with", done.returncode, done.stderr[-500:],
           done.stdout[-300:])
    return Output(done.stdout)


def check_totals(output, folder, limit=None):
    """Each seller's and the platform's figures against those of the files."""
    files = Files(folder, limit)
    wanted = files.sellers()
    equal(sorted(output.sellers), sorted(wanted), "sellers")
    for seller, sums in wanted.items():
        found = output.sellers[seller]
        for name, value in sums.items():
            equal(cents(found[name]) if name in AMOUNTS else found[name], value,
                  f"{name} of seller {seller}")
    totals = output.totals
    equal(totals["orders"], len(files.orders), "orders")
    equal(totals["seller_orders"], len(files.parts), "seller orders")
    equal(totals["items"], sum(part.units for part in files.parts.values()), "items")
    equal(totals["sellers"], len(wanted), "sellers")
    for name in AMOUNTS:
        equal(cents(totals[name]), sum(sums[name] for sums in wanted.values()), name)
    check_identity(totals)
    equal(totals["verify"], "ok", "verify")


def check_identity(totals):
    left = cents(totals["paid"]) + cents(totals["discounts_funded"])
    right = sum(cents(totals[name]) for name in
                ("seller_earnings", "platform_fees", "taxes", "splits", "held", "refunded"))
    equal(left, right, "paid + discounts_funded")


def state(store):
    """What two runs of the same folder must have in common: ids and recorded times apart."""
    balance = store.call("ledger.trial_balance", {"all": True})
    report = store.run("ledger", "verify").stdout
    counts = dict(line.split(": ", 1) for line in report.splitlines() if ": " in line)
    entries, operations, after = 0, {}, None
    while True:
        page = store.call("event.list", {"limit": 1000, **({"after": after} if after else {})})
        for entry in page.get("items", []):
            operations[entry["operation"]] = operations.get(entry["operation"], 0) + 1
        entries += len(page.get("items", []))
        after = page.get("next")
        if not after:
            break
    return {"balance": balance, "legs": counts["legs"], "transfers": counts["transfers"],
            "checkpoints": counts["checkpoints"], "journal": entries, "operations": operations}


def figures(output):
    """Totals without the speed."""
    totals = {name: value for name, value in output.totals.items() if name != "orders_per_second"}
    return totals, output.sellers


def legs_of(transfer):
    return {leg["name"].split(":ord_")[0]: (cents(leg["debit"]), cents(leg["credit"]))
            for leg in transfer["legs"]}


def check_legs(store, folder, seed_name, default, picked=20):
    """ESC-1, COM-2, COM-4 on orders picked at random: each transfer leg by leg."""
    files = Files(folder)
    rnd = random.Random(seed_of(seed_name, default))
    orders = rnd.sample(sorted(files.orders), min(picked, len(files.orders)))
    groups = store.batch([{"op": "order.group.get",
                           "in": {"group": f"ref:{files.orders[id][0].customer}/{id}"}}
                          for id in orders])
    payments = store.batch([{"op": "payment.get", "in": {"payment": group["payment"]}}
                            for group in groups])
    shares = {share["order"]: share for payment in payments for share in payment["shares"]}
    for id, group in zip(orders, groups):
        sellers = store.batch([{"op": "seller.get", "in": {"seller": f"ref:{part.seller}"}}
                               for part in files.orders[id]])
        equal(len(group["orders"]), len(files.orders[id]), f"seller orders of {id}")
        for part, seller in zip(files.orders[id], sellers):
            order = next(order for order in group["orders"] if order["seller"] == seller["id"])
            check_part(store, files, part, seller["id"], order["id"], shares[order["id"]]["id"])


def check_part(store, files, part, seller, order, share):
    def transfer(client_id):
        return {"op": "ledger.transfer.get", "in": {"seller": seller, "client_id": client_id}}

    cash = part.cash()
    refunds = store.call("refund.list", {"order": order}).get("items", [])
    equal(len(refunds), 1 if part.returned else 0, f"refunds of {part.order}")
    second = f"refund:{refunds[0]['id']}" if part.returned else f"release:{order}"
    capture, outcome = store.batch([transfer(f"capture:{share}"), transfer(second)])
    equal(legs_of(capture), {"psp_clearing": (cash, 0), "escrow": (0, cash)},
          f"capture of {part.order}")
    if part.returned:
        equal(legs_of(outcome), {"escrow": (cash, 0), "psp_clearing": (0, cash)},
              f"refund of {part.order}")
        return
    commission, tax = files.fees(part)
    earning = cash - commission - tax
    wanted = {"escrow": (cash, 0), "seller_pending": (0, earning),
              "fee_revenue:commission": (0, commission),
              "tax_payable": (0, tax)}
    equal(legs_of(outcome), {name: legs for name, legs in wanted.items() if legs != (0, 0)},
          f"release of {part.order}")
    check_maturity(store, seller, earning)


def check_maturity(store, seller, earning):
    """Seven days after receipt the whole earning becomes available: there is no reserve."""
    account = store.call("ledger.account.get", {"seller": seller, "name": "seller_pending",
                                                "currency": "BRL"})
    page = store.call("ledger.transfer.list", {"account": account["id"], "limit": 1000})
    matured = [entry for entry in page.get("items", [])
               if entry["purpose"] == "mature" and cents(entry["debit"]) == earning]
    expect(matured, "no maturity of", earning, "at seller", seller)
    legs = legs_of(store.call("ledger.transfer.get", {"transfer": matured[0]["transfer"]}))
    equal(legs, {"seller_pending": (earning, 0), "seller_available": (0, earning)}, "maturity")
