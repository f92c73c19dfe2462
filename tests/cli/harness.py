"""What the tests of the program share: the program, fresh stores, counting."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.get("MARKET_SOURCE") or os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("MARKET_BUILD") or os.path.join(SOURCE, "build")
MARKET = os.path.join(BUILD, "market")
DATA = os.environ.get("MARKET_DATA") or os.path.join(SOURCE, "..", "shared", "data")
POSTGRES = os.environ.get("MARKET_TEST_POSTGRES_DIR")
NO_POSTGRES = os.environ.get("MARKET_TEST_POSTGRES_WHY") or "no server is running"


class Skip(Exception):
    pass


class Failure(Exception):
    pass


def expect(condition, *message):
    Suite.own.assertions += 1
    if not condition:
        raise Failure(" ".join(str(part) for part in message))


def equal(found, wanted, what=""):
    expect(found == wanted, f"{what}: found {found!r}, wanted {wanted!r}")


class Suite:
    """Tests that use PostgreSQL run beside the others."""
    tests = []
    folder = None
    own = threading.local()
    lock = threading.Lock()
    results = {"passed": 0, "failed": 0, "skipped": 0}

    @classmethod
    def run(cls, only):
        chosen = [(function, name) for function, name in cls.tests
                  if not only or any(word in name for word in only)]
        lanes = ([one for one in chosen if "(PostgreSQL)" not in one[1]],
                 [one for one in chosen if "(PostgreSQL)" in one[1]])
        threads = [threading.Thread(target=cls.run_lane, args=(lane,)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print("{passed} passed, {failed} failed, {skipped} skipped".format(**cls.results))
        return 1 if cls.results["failed"] else 0

    @classmethod
    def run_lane(cls, tests):
        for function, name in tests:
            result, words = cls.run_one(function)
            with cls.lock:
                cls.results[result] += 1
                if words:
                    print(f"{'SKIP' if result == 'skipped' else 'FAIL'} cli/{name}: {words}")
                elif os.environ.get("MARKET_TEST_NAMES"):
                    with open(os.environ["MARKET_TEST_NAMES"], "a") as file:
                        file.write(f"cli/{name}\n")
                sys.stdout.flush()

    @classmethod
    def run_one(cls, function):
        cls.own.assertions = 0
        try:
            function()
            if cls.own.assertions == 0:
                return "failed", "it asserts nothing"
            return "passed", ""
        except Skip as reason:
            return "skipped", str(reason)
        except Exception as problem:  # a test's own defect is a failure too
            return "failed", f"{type(problem).__name__}: {problem}"


def test(name):
    """Names a test by what it proves."""
    def add(function):
        if any(known == name for _, known in Suite.tests):
            raise ValueError(f"two tests are called {name}")
        Suite.tests.append((function, name))
        return function
    return add


def on_both_stores(name):
    """A test with a store as its argument, run on each."""
    def add(function):
        test(f"{name} (SQLite)")(lambda: function(fresh_store("sqlite")))
        test(f"{name} (PostgreSQL)")(lambda: function(fresh_store("postgresql")))
        return function
    return add


def base_folder():
    """In memory where there is room: nothing here is about power loss."""
    memory = "/dev/shm"
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30:
        return memory
    return None


class Store:
    numbers = itertools.count(1)

    def __init__(self, kind):
        self.number = next(Store.numbers)
        self.kind = kind
        self.folder = tempfile.mkdtemp(prefix="market-cli-", dir=Suite.folder)
        if kind == "sqlite":
            self.url = "sqlite:" + os.path.join(self.folder, "store.db")
            self.beside = os.path.join(self.folder, "store.db")
            return
        if not POSTGRES:
            raise Skip(NO_POSTGRES)
        name = f"cli_{os.getpid()}_{self.number}"
        done = subprocess.run([os.path.join(SOURCE, "tests", "lib", "postgres.sh"), "database",
                               POSTGRES, name],
                              capture_output=True, text=True, check=True)
        self.url = done.stdout.strip()
        self.beside = os.path.join(self.folder, name)

    def run(self, *arguments, text=None, timeout=900):
        return run("--store", self.url, *arguments, text=text, folder=self.folder, timeout=timeout)

    def call(self, operation, params=None, *options):
        """The reply of an operation, which must succeed."""
        done = self.run("call", *options, operation, json.dumps(params or {}))
        expect(done.returncode == 0, operation, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def batch(self, lines):
        """The outputs of reading operations, which must all succeed."""
        text = "".join(json.dumps(line) + "\n" for line in lines)
        done = self.run("batch", text=text)
        results = [json.loads(line) for line in done.stdout.splitlines()]
        expect(done.returncode == 0 and all(result["ok"] for result in results),
               [result for result in results if not result["ok"]][:1], done.stderr[:300])
        return [result["out"] for result in results]


def fresh_store(kind):
    return Store(kind)


def run(*arguments, text=None, folder=None, timeout=900, environment=None):
    return subprocess.run([MARKET, *arguments], input=text, capture_output=True, text=True,
                          timeout=timeout, cwd=folder or Suite.folder,
                          env={**os.environ, **(environment or {})})


generating = threading.Lock()


def generated(seed, orders=60, known=50):
    folder = os.path.join(Suite.folder, f"generated-{seed}-{orders}-{known}")
    with generating:
        if not os.path.isdir(folder):
            subprocess.run([sys.executable, os.path.join(HERE, "generate.py"), folder, "--seed",
                            str(seed), "--orders", str(orders), "--known", str(known)], check=True)
    return folder


def seed_of(name, default):
    seed = int(os.environ.get(name, default))
    with Suite.lock:
        print(f"{name}={seed}")
    return seed


def cents(money):
    """Of a text or of money in JSON."""
    text = money["amount"] if isinstance(money, dict) else money
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    return sign * (int(whole) * 100 + int((part + "00")[:2]))
