"""A replay that is killed again and again ends as one that isn't.

MARKET_KILLS (6) and MARKET_KILL_SEED choose how often and when; MARKET_KILL_DATA=real takes the
real orders. The long form of this test is MARKET_KILLS=50 MARKET_KILL_DATA=real.
"""

import os
import pty
import random
import re
import select
import signal
import subprocess
import time

from harness import (MARKET, Skip, Suite, equal, expect, fresh_store, generated, on_both_stores,
                     seed_of)
from replaying import figures, replay, state
from test_replay import OLIST

KILLS = int(os.environ.get("MARKET_KILLS", "6"))


def folder(kind):
    if os.environ.get("MARKET_KILL_DATA") != "real":
        return generated(seed_of("MARKET_KILL_FOLDER_SEED", 5), 300 if kind == "sqlite" else 120)
    if not os.path.isdir(OLIST):
        raise Skip(f"the real data isn't at {OLIST}")
    return OLIST


class OnTerminal:
    """A replay that believes it has a terminal, and so shows how far it is."""

    def __init__(self, store, path):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([MARKET, "--store", store.url, "replay", "--json", path],
                                        cwd=store.folder, stdout=subprocess.DEVNULL, stderr=slave)
        os.close(slave)
        self.text = ""

    def reaches(self, percent):
        """Waits until it is so far; False when it ended before."""
        while True:
            shown = re.findall(r"(\d+) %", self.text)
            if shown and int(shown[-1]) >= percent:
                return True
            ready, _, _ = select.select([self.master], [], [], 0.05)
            try:
                more = os.read(self.master, 65536).decode() if ready else ""
            except OSError:  # its end of the terminal is closed
                more = ""
            self.text = self.text[-200:] + more
            if not more and self.process.poll() is not None:
                return False

    def kill(self):
        """Whether it was killed, and not just at its end."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)
        return self.process.returncode == -signal.SIGKILL


def kill_again_and_again(store, path, rnd):
    """Returns how many kills met a run that hadn't ended."""
    met = 0
    for number in range(KILLS):
        percent = (number + rnd.random()) * 96 / KILLS
        run = OnTerminal(store, path)
        reached = run.reaches(percent)
        time.sleep(rnd.random() * 0.02)
        met += run.kill() and reached
    return met


@on_both_stores("a replay killed at random moments ends as an uninterrupted one")
def killed(store):
    path = folder(store.kind)
    rnd = random.Random(seed_of("MARKET_KILL_SEED", 1))
    met = kill_again_and_again(store, path, rnd)
    with Suite.lock:
        print(f"{met} of {KILLS} kills before the end")
    expect(met * 10 >= KILLS * 8, f"only {met} of {KILLS} kills met a run")
    found = replay(store, path)
    equal(found.totals["verify"], "ok", "verify")
    whole = fresh_store(store.kind)
    equal(figures(found), figures(replay(whole, path)), "totals")
    ours, theirs = state(store), state(whole)
    for part in theirs:
        equal(ours[part], theirs[part], part)
