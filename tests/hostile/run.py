"""Runs the attacks of attacks/, each against a server of its own, and prints a line each. Exit 1 where one succeeded.

An attack is one file: its docstring's first line is what it is, `run(server)` returns None where the server held and
else what went wrong. It may set OPTIONS (environment of the server), FILES (limit of descriptors) and SECONDS (its limit),
and say in `missing()` what it needs and this machine lacks.
"""
import importlib.util
import pathlib
import resource
import sys
import threading

from server import Server

HERE = pathlib.Path(__file__).resolve().parent
LONGEST = 60


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(attack, server):
    """What went wrong, None where nothing did. An attack that hangs has not been held."""
    found = ["the attack did not end in time"]

    def work():
        try:
            found[0] = attack.run(server)
        except Exception as error:
            found[0] = f"{type(error).__name__}: {error}"

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(getattr(attack, "SECONDS", LONGEST))
    return found[0] or server.problem()


def main(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    paths = [path for path in sorted((HERE / "attacks").glob("*.py")) if not wanted or path.stem in wanted]
    if not paths:
        print("no such attack; there are", ", ".join(path.stem for path in sorted((HERE / "attacks").glob("*.py"))))
        return 2
    held = skipped = 0
    for path in paths:
        attack = load(path)
        title = (attack.__doc__ or path.stem).strip().splitlines()[0]
        if reason := getattr(attack, "missing", lambda: None)():
            skipped += 1
            print(f"skipped {path.stem:23} {'':40} {title}: {reason}", flush=True)
            continue
        with Server(getattr(attack, "OPTIONS", {}), getattr(attack, "FILES", None)) as server:
            problem = server.problem() or judge(attack, server)
            memory = f"{server.before} -> {server.peak()} MiB ({server.measure})"
        held += problem is None
        print(f"{'held  ' if problem is None else 'FAILED'} {path.stem:24} {memory:40} {title}{'' if problem is None else ': ' + problem}", flush=True)
    failed = len(paths) - held - skipped
    print(f"{held} held, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
