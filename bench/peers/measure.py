"""Runs a program and writes what it took, its children included, as JSON: measure.py FILE PROGRAM [ARGUMENT ...]"""

import json
import resource
import subprocess
import sys
import time

started = time.monotonic()
status = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL)
wall = time.monotonic() - started
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
taken = {
    "wallMs": wall * 1000,
    "cpuMs": (usage.ru_utime + usage.ru_stime) * 1000,
    "peakMb": usage.ru_maxrss / 1024,
}
with open(sys.argv[1], "w") as file:
    json.dump(taken, file)
sys.exit(status)
