"""What the error should be: a throw hits with probability π/4, so four times the fraction of hits among n throws has
the standard deviation √(π(4 − π)/n). Called by the stage `theory` with the paths of its input and of its output."""

import csv
import math
import sys

throws, expected = sys.argv[1:]

with open(throws, newline="") as source:
    counts = [int(float(row["darts"])) for row in csv.DictReader(source)]

with open(expected, "w", newline="") as target:
    rows = csv.writer(target, lineterminator="\n")
    rows.writerow(["darts", "expected"])
    for n in counts:
        rows.writerow([n, math.sqrt(math.pi * (4 - math.pi) / n)])
