"""The model as a user of SimPy would write it: one process of arrivals, one of service at each queue.

Reads {"C", "d", "K", "n", "lambda", "time", "seed"} from standard input and prints events (arrivals and departures), the
seconds they took and the mean number of jobs in a queue.
"""

import json
import random
import sys
import time

import simpy

task = json.load(sys.stdin)
n, rate, d, C, K = (task[name] for name in ("n", "lambda", "d", "C", "K"))
draw = random.Random(task["seed"])
env = simpy.Environment()
queues = [simpy.Store(env) for _ in range(n)]
lengths = [0] * n
counted = {"events": 0, "area": 0.0, "jobs": 0, "since": 0.0}


def change(queue, by):
    counted["area"] += counted["jobs"] * (env.now - counted["since"])
    counted["since"] = env.now
    counted["jobs"] += by
    lengths[queue] += by


def arrivals():
    while True:
        yield env.timeout(draw.expovariate(n * rate))
        counted["events"] += 1
        origin = draw.randrange(n)
        shortest = min((draw.randrange(n) for _ in range(d)), key=lengths.__getitem__)
        moves = lengths[origin] > lengths[shortest] + C
        for _ in range(K if moves else 1):
            joined = shortest if moves else origin
            change(joined, 1)
            queues[joined].put(1)


def server(queue):
    while True:
        yield queues[queue].get()
        yield env.timeout(draw.expovariate(1.0))
        counted["events"] += 1
        change(queue, -1)


env.process(arrivals())
for queue in range(n):
    env.process(server(queue))
began = time.perf_counter()
env.run(until=task["time"])
seconds = time.perf_counter() - began
change(0, 0)
json.dump(
    {"events": counted["events"], "seconds": seconds, "meanQueue": counted["area"] / (n * task["time"])}, sys.stdout
)
