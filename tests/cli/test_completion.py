"""What the shells offer next: their own functions run, with the installed files."""

import json
import os
import shutil
import subprocess

from harness import BUILD, SOURCE, Skip, equal, expect, fresh_store, run, test
from terminal import Terminal

FILES = os.path.join(SOURCE, "cli", "completion")


def offered(*words, folder=None):
    done = run("complete", *words, folder=folder)
    equal((done.returncode, done.stderr), (0, ""), words)
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


def operations():
    return list(json.loads(run("schema").stdout)["operations"])


@test("every operation is offered behind call, and every command first")
def offers_all():
    equal(offered("call", ""), operations(), "operations")
    equal(offered("call", "refund."), [name for name in operations() if "refund." in name], "some")
    commands = offered("")
    listed = run("help").stdout.split("commands\n")[1].split("\n\n")[0]
    equal(sorted(commands), sorted({line.split()[0] for line in listed.splitlines()}), "commands")
    equal(offered("ledger", ""), ["checkpoint", "verify"], "verbs")
    equal(offered("--as", "operator:x", "ledger", "v"), ["verify"], "behind an option")


@test("the options of a command are offered with those of all")
def offers_options():
    expect({"--anchor", "--store", "--table"} <= set(offered("ledger", "verify", "-")), "verify")
    expect("--anchor" not in offered("ledger", "checkpoint", "-"), "checkpoint")
    expect("--version" in offered("--"), "first")
    equal(offered("ledger", "verify", "--anchor", ""), [":files"], "a file")
    equal(offered("replay", ""), [":folders"], "a folder")
    expect("member:ref:" in offered("call", "--as", "mem"), "an actor")
    equal(offered("work", ""), [], "nothing")


@test("store URLs are offered: kinds, folders and SQLite stores, not other files")
def offers_stores():
    store = fresh_store("sqlite")
    store.call("buyer.create", {"name": "x"})
    os.mkdir(os.path.join(store.folder, "deep"))
    with open(os.path.join(store.folder, "notes.txt"), "w") as file:
        file.write("no store, but longer than its head")
    equal(offered("--store", ""), ["sqlite:", "postgresql://"], "kinds")
    equal(sorted(offered("--store", "sqlite:", folder=store.folder)),
          ["sqlite::memory:", "sqlite:deep/", "sqlite:store.db"], "here")
    equal(offered("--store", f"sqlite:{store.folder}/s"), [store.url], "by path")
    equal(offered("call", f"--store=sqlite:{store.folder}/s"), [store.url], "behind =")


def shell(name):
    found = shutil.which(name)
    if not found:
        raise Skip(f"{name} is missing (apt-get install {name})")
    return found


def path():
    return {**os.environ, "PATH": BUILD + os.pathsep + os.environ["PATH"]}


def in_bash(line, folder=None):
    """What the function gives, and what the line would be with the first of it."""
    script = f"""
. "$1/market"
COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
split() {{ # as readline does
	local rest=$COMP_LINE word= c i
	COMP_WORDS=()
	for ((i = 0; i < ${{#rest}}; i++)); do
		c=${{rest:i:1}}
		case $c in
		' ') [ -z "$word" ] || COMP_WORDS+=("$word"); word= ;;
		[:=]) [ -z "$word" ] || COMP_WORDS+=("$word"); COMP_WORDS+=("$c"); word= ;;
		*) word+=$c ;;
		esac
	done
	[[ -z $word && $rest != *' ' ]] || COMP_WORDS+=("$word")
	COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
}}
COMP_LINE=$2 COMP_POINT=${{#COMP_LINE}}
split
_market
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run([shell("bash"), "--norc", "-c", script, "bash", FILES, line], text=True,
                          capture_output=True, env=path(), cwd=folder)
    expect("command not found" not in done.stderr and done.returncode == 0, done.stderr)
    return done.stdout.splitlines()


@test("bash completes operations, options, verbs and store URLs")
def completes_bash():
    store = fresh_store("sqlite")
    store.call("buyer.create", {"name": "x"})
    equal(in_bash("market call order.pl"), ["order.place"], "an operation")
    equal(in_bash("market ledger "), ["checkpoint", "verify"], "verbs")
    equal(in_bash("market call --ta"), ["--table"], "an option")
    equal(in_bash("market --store sqlite:st", store.folder), ["store.db"], "behind the colon")
    equal(in_bash("market --store=sqlite:st", store.folder), ["store.db"], "behind = and colon")
    equal(in_bash("market --store sql"), ["sqlite:"], "a kind")
    equal(in_bash("market --as=mem"), ["member:", "member:ref:"], "an actor")
    equal(in_bash("market --as member:r"), ["ref:"], "the rest of one")
    equal(sorted(in_bash("market batch st", store.folder)), ["store.db", "store.db.keys"], "files")
    equal(in_bash("market ledger verify --anchor=store.db.", store.folder), ["store.db.keys"],
          "files behind =")
    equal(in_bash("market --store sqlite:x call order.pl"), ["order.place"], "behind a URL")


@test("bash at a terminal puts the rest of the word on the line")
def completes_bash_line():
    rc = os.path.join(fresh_store("sqlite").folder, "rc")
    with open(rc, "w") as file:
        file.write(f"PATH={BUILD}:$PATH; PS1='ready> '; bind 'set enable-bracketed-paste off'\n"
                   f". {FILES}/market\n")
    person = Terminal("--rcfile", rc, "-i", program=shell("bash"))
    person.wait_for("ready> ")
    person.type("market help refund.cre\t\n")
    shown = person.wait_for("params", "ready> ")
    expect("refund.create  writes" in shown.replace("\033[1m", "").replace("\033[0m", ""), shown)
    person.type("exit\n")
    person.end()


@test("zsh completes operations, options and store URLs")
def completes_zsh():
    zsh = shell("zsh")
    store = fresh_store("sqlite")
    store.call("buyer.create", {"name": "x"})
    with open(os.path.join(store.folder, ".zshrc"), "w") as file:
        file.write(f"PATH={BUILD}:$PATH; fpath=({FILES} $fpath); autoload -Uz compinit; "
                   "compinit -u -D; PS1='ready> '; zstyle ':completion:*' list-prompt ''; "
                   f"unset zle_bracketed_paste; unsetopt prompt_sp; cd {store.folder}\n")
    person = Terminal("-i", program=zsh, environment={"ZDOTDIR": store.folder, "TERM": "vt100"},
                      columns=120)
    person.wait_for("ready> ")
    for typed, wanted in (("help refund.cre", "refund.create"), ("ledger ver", "verify"),
                          ("--store sqlite:st", "sqlite:store.db"),
                          ("--store=sqlite:st", "--store=sqlite:store.db"),
                          ("call --ta", "--table")):
        person.type(f": market {typed}\x01\x04\x04\x05\t")  # the words, the colon gone, completed
        person.type("\x01print -r -- '[\x05]'\n")
        shown = person.wait_for("ready> ")
        expect(wanted in shown, typed, "gave", repr(shown))
    person.type("exit\n")
    person.end()


@test("fish completes operations, options and store URLs")
def completes_fish():
    fish = shell("fish")
    store = fresh_store("sqlite")
    store.call("buyer.create", {"name": "x"})
    for typed, wanted in (("market call order.pl", "order.place"), ("market ledger ver", "verify"),
                          ("market --store sqlite:st", "sqlite:store.db"),
                          ("market --store=sqlite:st", "--store=sqlite:store.db"),
                          ("market call --ta", "--table"),
                          ("market batch sto", "store.db")):
        script = 'source "$argv[1]"; complete -C "$argv[2]"'
        done = subprocess.run([fish, "--no-config", "-c", script,
                               os.path.join(FILES, "market.fish"), typed],
                              text=True, capture_output=True, cwd=store.folder,
                              env={**path(), "HOME": store.folder})
        found = [line.split("\t")[0] for line in done.stdout.splitlines()]
        expect(wanted in found, typed, "gave", found, done.stderr)
        if typed.startswith("market call order"):
            equal(found, ["order.place"], "nothing else")
