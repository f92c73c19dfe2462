"""What the files of a replay say, added up by rules of this file alone: nothing here asks the
program."""

import csv
import os


def rows(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cents(text):
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def half_up(amount, percent):
    return (amount * percent * 2 + 100) // 200


def fee(category, base):
    """The shipped policy: books 8 %, electronics 10 % up to 400.00, all else 12 %; 5 % tax."""
    if category == "books":
        commission = half_up(base, 8)
    elif category == "electronics":
        commission = min(half_up(base, 10), 40000)
    else:
        commission = half_up(base, 12)
    return commission, half_up(commission, 5)


RETURNED = ("canceled", "unavailable", "invoiced", "processing", "approved", "created")


class Part:
    """A seller's part of an order."""

    def __init__(self, order, seller, returned, customer):
        self.order, self.seller, self.returned, self.customer = order, seller, returned, customer
        self.lines = {}  # (product, price in cents) → units
        self.freight = self.units = 0

    def gross(self):
        return sum(price * units for (_, price), units in self.lines.items())

    def cash(self):
        return self.gross() + self.freight


class Files:
    def __init__(self, folder, limit=None):
        english = {row["product_category_name"]: row["product_category_name_english"]
                   for row in rows(folder, "category_translation.csv")}
        self.category = {row["product_id"]: english.get(row["product_category_name"],
                                                        row["product_category_name"])
                         for row in rows(folder, "products.csv")}
        known = {row["order_id"]: row for row in rows(folder, "orders.csv")}
        self.parts = {}
        self.orders = {}
        for row in rows(folder, "order_items.csv"):
            order, seller = row["order_id"], row["seller_id"]
            if order not in self.orders:
                if limit is not None and len(self.orders) == limit:
                    continue
                self.orders[order] = []
            status = known[order]["order_status"] if order in known else "delivered"
            customer = "made-" + order
            if order in known:
                customer = "customer-" + known[order]["customer_id"]
            part = self.parts.get((order, seller))
            if part is None:
                part = self.parts[order, seller] = Part(order, seller, status in RETURNED, customer)
                self.orders[order].append(part)
            line = row["product_id"], cents(row["price"])
            part.lines[line] = part.lines.get(line, 0) + 1
            part.freight += cents(row["freight_value"])
            part.units += 1

    def fees(self, part):
        commission = tax = 0
        for (product, price), units in part.lines.items():
            own = fee(self.category.get(product), price * units)
            commission += own[0]
            tax += own[1]
        return commission, tax

    def sellers(self):
        """Per seller the figures that `market replay --json` gives."""
        sums = {}
        for part in self.parts.values():
            one = sums.setdefault(part.seller, dict.fromkeys(
                ("seller_orders", "items", "gross", "freight", "paid", "discounts_funded",
                 "seller_earnings",
                 "platform_fees", "taxes", "splits", "refunded", "held"), 0))
            one["seller_orders"] += 1
            one["items"] += part.units
            one["gross"] += part.gross()
            one["freight"] += part.freight
            one["paid"] += part.cash()
            if part.returned:
                one["refunded"] += part.cash()
                continue
            commission, tax = self.fees(part)
            one["platform_fees"] += commission
            one["taxes"] += tax
            one["seller_earnings"] += part.cash() - commission - tax
        return sums
