#!/usr/bin/env python3
"""Makes a folder of made-up orders in the layout that `market replay` reads.

  generate.py DIR --seed N [--orders N] [--known N]

--known: how many of 100 orders have a row in orders.csv. All of the layout's oddities occur: both
formats of time, quoted fields with line feeds, lines that end with CRLF, a byte order mark, amounts
without trailing zeros, cancelled and unshipped orders, impossible orders of times, several sellers,
equal items, prices that change, payments that differ.
"""

import argparse
import csv
import datetime
import os
import random

STATUSES = ("delivered",) * 10 + ("shipped", "canceled", "canceled", "unavailable", "invoiced",
                                  "processing")
CATEGORIES = (("eletronicos", "electronics"), ("livros", "books"), ("brinquedos", "toys"),
              ("casa & jardim", "home & garden"))
TEXTS = ("", "Tudo certo.", "Chegou antes, \"ótimo\"!", "Duas linhas:\na segunda, com vírgula",
         "Só recebi um;\r\no outro não")


class Folder:
    def __init__(self, args):
        self.random = random.Random(args.seed)
        self.args = args
        self.orders = []

    def hex(self):
        return "%032x" % self.random.getrandbits(128)

    def amount(self, least, most):
        cents = self.random.randint(least, most)
        text = "%d.%02d" % divmod(cents, 100)
        if self.random.random() < 0.2:
            text = text.rstrip("0").rstrip(".") if "." in text else text
        return text

    def time(self, when):
        if self.random.random() < 0.5:
            return when.strftime("%Y-%m-%d %H:%M:%S")
        return "%d/%d/%d %d:%02d" % (when.month, when.day, when.year, when.hour, when.minute)

    def write(self, name, header, rows, mark=False, end="\r\n"):
        with open(os.path.join(self.args.folder, name), "w", newline="", encoding="utf-8") as file:
            if mark:
                file.write("\ufeff")
            writer = csv.writer(file, lineterminator=end)
            writer.writerow(header)
            writer.writerows(rows)

    def make(self):
        rnd = self.random
        sellers = [self.hex() for _ in range(max(3, self.args.orders // 6))]
        products = [(self.hex(), rnd.choice(sellers), rnd.randint(300, 60000))
                    for _ in range(len(sellers) * 3)]
        start = datetime.datetime(2017, 3, 1)
        items = []
        for _ in range(self.args.orders):
            bought = start + datetime.timedelta(seconds=rnd.randint(0, 240 * 86400))
            order = {"id": self.hex(), "at": bought, "lines": []}
            for number in range(1, rnd.choice((1, 1, 1, 1, 2, 2, 3, 5)) + 1):
                product, seller, price = rnd.choice(products)
                if order["lines"] and rnd.random() < 0.3:
                    product, seller, price = order["lines"][-1]
                elif rnd.random() < 0.2:
                    price = price * 9 // 10
                order["lines"].append((product, seller, price))
                text = "%d.%02d" % divmod(price, 100)
                if rnd.random() < 0.2:
                    text = text.rstrip("0").rstrip(".")
                items.append((order["id"], number, product, seller,
                              self.time(bought + datetime.timedelta(days=6, minutes=number)), text,
                              "0.00" if rnd.random() < 0.05 else self.amount(500, 6000)))
            self.orders.append(order)
        # rows of one order needn't stand together
        if len(items) > 8:
            items.append(items.pop(3))
        self.write("order_items.csv", ("order_id", "order_item_id", "product_id", "seller_id",
                                       "shipping_limit_date", "price", "freight_value"), items)
        self.known_orders(items)
        known_sellers = [(seller, "%05d" % rnd.randint(0, 99999), "são paulo", "SP")
                         for seller in sellers[1:]]
        self.write("sellers.csv", ("seller_id", "seller_zip_code_prefix", "seller_city",
                                   "seller_state"),
                   known_sellers)
        self.write("category_translation.csv",
                   ("product_category_name", "product_category_name_english"), CATEGORIES[:3],
                   mark=True, end="\n")
        self.write("products.csv", ("product_id", "product_category_name", "product_photos_qty"),
                   [(product, rnd.choice(CATEGORIES)[0] if rnd.random() < 0.9 else "", 1)
                    for product, _, _ in products if rnd.random() < 0.6])

    def known_orders(self, items):
        rnd = self.random
        rows, payments, reviews = [], [], []
        sums = {}
        for item in items:
            cash = sum(round(float(text) * 100) for text in item[5:7])
            sums[item[0]] = sums.get(item[0], 0) + cash
        statuses = list(STATUSES)
        for order in self.orders:
            if rnd.randint(1, 100) > self.args.known:
                continue
            status = statuses.pop(0) if statuses else rnd.choice(STATUSES)
            bought = order["at"]
            approved = bought + datetime.timedelta(minutes=rnd.randint(10, 5000))
            carried = approved + datetime.timedelta(hours=rnd.randint(5, 400))
            if rnd.random() < 0.1:
                carried = approved - datetime.timedelta(hours=7)
            if rnd.random() < 0.05:
                approved = bought - datetime.timedelta(hours=3)
            delivered = carried + datetime.timedelta(days=rnd.randint(1, 40))
            times = [self.time(bought), self.time(approved),
                     self.time(carried) if status in ("delivered", "shipped") else "",
                     self.time(delivered) if status == "delivered" else ""]
            rows.append((order["id"], self.hex(), status, *times,
                         self.time(bought + datetime.timedelta(days=30))))
            if rnd.random() < 0.9:
                self.pay(payments, order["id"], sums[order["id"]])
            if rnd.random() < 0.6:
                self.review(reviews, order["id"], delivered)
        rows.append((self.hex(), self.hex(), "delivered", "2017-05-01 10:00:00", "", "", "",
                     "2017-06-01 00:00:00"))
        self.write("orders.csv", ("order_id", "customer_id", "order_status",
                                  "order_purchase_timestamp",
                                  "order_approved_at", "order_delivered_carrier_date",
                                  "order_delivered_customer_date",
                                  "order_estimated_delivery_date"), rows)
        self.write("order_payments.csv", ("order_id", "payment_sequential", "payment_type",
                                          "payment_installments", "payment_value"), payments)
        self.write("order_reviews.csv", ("review_id", "order_id", "review_score",
                                         "review_comment_title",
                                         "review_comment_message", "review_creation_date",
                                         "review_answer_timestamp"), reviews, end="\n")

    def pay(self, payments, order, cents):
        method = self.random.choice(("credit_card", "boleto", "voucher", "debit_card"))
        if self.random.random() < 0.1:
            cents += 37
        if self.random.random() < 0.2:
            payments.append((order, 2, "voucher", 1, "1.00"))
            cents -= 100
        payments.append((order, 1, method, self.random.randint(1, 10),
                         "%d.%02d" % divmod(cents, 100)))

    def review(self, reviews, order, delivered):
        answered = delivered + datetime.timedelta(hours=self.random.choice((-30, -5, 2, 20, 90)))
        reviews.append((self.hex(), order, self.random.randint(1, 5),
                        self.random.choice(("", "Nota")),
                        self.random.choice(TEXTS), answered.strftime("%Y-%m-%d 00:00:00"),
                        answered.strftime("%Y-%m-%d %H:%M:%S")))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--known", type=int, default=50)
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    Folder(args).make()


if __name__ == "__main__":
    main()
