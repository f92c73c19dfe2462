"""A replay that is killed again and again ends as one that isn't.

MARKET_KILLS (6) and MARKET_KILL_SEED choose how often and when; MARKET_KILL_DATA=real takes the
real orders. The long form of this test is MARKET_KILLS=50 MARKET_KILL_DATA=real.
"""

import os
import random
import signal
import subprocess
import time

from harness import MARKET, Skip, equal, expect, fresh_store, generated, on_both_stores, seed_of
from replaying import figures, replay, state
from test_replay import OLIST

KILLS = int(os.environ.get("MARKET_KILLS", "6"))
WAIT = 1.08  # a resumed run waits for the claims of the one that was killed


def folder(kind):
    if os.environ.get("MARKET_KILL_DATA") != "real":
        return generated(seed_of("MARKET_KILL_FOLDER_SEED", 5), 800 if kind == "sqlite" else 150)
    if not os.path.isdir(OLIST):
        raise Skip(f"the real data isn't at {OLIST}")
    return OLIST


def start(store, path):
    return subprocess.Popen([MARKET, "--store", store.url, "replay", "--json", path],
                            cwd=store.folder,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_again_and_again(store, path, seconds, rnd):
    """Returns how many kills met a run that hadn't ended."""
    met = 0
    for number in range(KILLS):
        process = start(store, path)
        wait = rnd.uniform(0.3, 1.7) * seconds / KILLS * 0.75
        try:
            process.wait(wait + (WAIT if number > 0 else 0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            equal(process.returncode, -signal.SIGKILL, "exit")
            met += 1
    return met


@on_both_stores("a replay killed at random moments ends as an uninterrupted one")
def killed(store):
    path = folder(store.kind)
    rnd = random.Random(seed_of("MARKET_KILL_SEED", 1))
    whole = fresh_store(store.kind)
    began = time.monotonic()
    wanted = replay(whole, path)
    seconds = time.monotonic() - began
    met = kill_again_and_again(store, path, seconds, rnd)
    print(f"{met} of {KILLS} kills before the end, {seconds:.1f} s without")
    expect(met * 10 >= KILLS * 8, f"only {met} of {KILLS} kills met a run")
    found = replay(store, path)
    equal(found.totals["verify"], "ok", "verify")
    equal(figures(found), figures(wanted), "totals")
    ours, theirs = state(store), state(whole)
    for part in theirs:
        equal(ours[part], theirs[part], part)
