"""An average of each series and of all runs, with a 95 % bootstrap interval. Called by the stage `averages` with the
paths of its input and its output, the name of the average, and the number of resamples."""

import csv
import random
import sys


def mean(values):
    return sum(values) / len(values)


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def trimmed(values):
    """The mean without the lowest and the highest fifth."""
    cut = len(values) // 5
    return mean(sorted(values)[cut : len(values) - cut])


def interval(values, average, resamples, chance):
    """The middle 95 % of the average of as many runs, drawn with replacement."""
    averages = sorted(average([values[int(chance() * len(values))] for _ in values]) for _ in range(resamples))
    tail = int(0.025 * resamples)
    return averages[tail], averages[resamples - 1 - tail]


measured, target, name, resamples = sys.argv[1:]
average = {"mean": mean, "median": median, "trimmed": trimmed}[name]
# Seeded, and by the one function of the module that promises the same numbers in every version of Python.
chance = random.Random(1879).random

series = {}
with open(measured, newline="") as source:
    for row in csv.DictReader(source):
        series.setdefault(f"series {row['series']}", []).append(float(row["speed"]))
series["all"] = [value for values in series.values() for value in values]

with open(target, "w", newline="") as sink:
    rows = csv.writer(sink, lineterminator="\n")
    rows.writerow(["series", "runs", "estimate", "lo", "hi"])
    for label, values in series.items():
        low, high = interval(values, average, int(resamples), chance)
        rows.writerow([label, len(values), average(values), low, high])
