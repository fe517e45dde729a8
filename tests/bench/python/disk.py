"""Python's contenders of the benchmark `disk`: `disk.py write|read|killed NAME FOLDER`, as `contenders.rs` has it."""

import logging
import os
import sys
import time

ENTRIES, LENGTH, HITS = 2000, 4096, 2000
TEXTS = [(f"{n:08x}" * (LENGTH // 8)) for n in range(ENTRIES)]
logging.disable(logging.CRITICAL)


class Missed(Exception):
    """The body ran, and nothing was given to it."""


def kept(n, text):
    """What joblib stores the results of."""
    if text is None:
        raise Missed
    return text


class Joblib:
    def __init__(self, folder):
        import joblib

        self.kept = joblib.Memory(folder, verbose=0).cache(kept, ignore=["text"])

    def put(self, n, text):
        self.kept(n, text)

    def get(self, n):
        try:
            return self.kept(n, None)
        except Missed:
            return None


class DiskCache:
    def __init__(self, folder):
        import diskcache

        self.cache = diskcache.Cache(folder)

    def put(self, n, text):
        self.cache.set(n, text)

    def get(self, n):
        return self.cache.get(n)


CONTENDERS = {"joblib.Memory (Python)": Joblib, "diskcache (Python)": DiskCache}


def main(task, name, folder):
    contender = CONTENDERS[name]
    # Imports are no part of what is measured.
    import diskcache  # noqa: F401
    import joblib  # noqa: F401

    start = time.perf_counter()
    store = contender(folder)
    if task == "read":
        found = sum(1 for n in range(ENTRIES) if (text := store.get(n)) is not None and len(text) == LENGTH)
        read = time.perf_counter() - start
        start = time.perf_counter()
        for n in range(HITS):
            store.get(n % ENTRIES)
        hit = (time.perf_counter() - start) / HITS
        print(read * 1e3, hit * 1e6, found)
        return
    for n, text in enumerate(TEXTS):
        store.put(n, text)
    if task == "killed":
        os.abort()
    print((time.perf_counter() - start) * 1e3)


main(*sys.argv[1:])
