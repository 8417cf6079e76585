"""The mean-field fixed point as a user of scipy would write it: the right-hand side in numpy, scipy.optimize.root on it.

Reads {"alpha" or "C", "d", "K", "lambda", "levels", "repetitions"} from standard input and prints the median time in
milliseconds, the mean queue and the largest residual, for a numeric and, as far as scipy has it, a Krylov Jacobian.
"""

import json
import statistics
import sys
import time

import numpy as np
from scipy.optimize import root


def thresholds(task, levels):
    """beta[m]: the least origin length that migrates; theta[q]: the least shortest length at which q stays."""
    m = np.arange(levels + 2)
    limit = m + task["C"] if "C" in task else np.maximum(task["alpha"] * m, m + task["K"])
    beta = np.floor(limit).astype(int) + 1
    theta = np.array([int(np.argmax(limit >= q)) for q in range(levels + 1)])
    return beta, theta


def right_hand_side(task, levels):
    beta, theta = thresholds(task, levels)
    rate, d, K = task["lambda"], task["d"], task["K"]
    source = np.minimum(beta[:levels], levels + 1)
    stays_at = theta[:levels]

    def f(tail):
        s = np.concatenate(([1.0], tail, [0.0]))
        power = s**d
        migrants = (power[:levels] - power[1 : levels + 1]) * s[source]
        gain = (s[:levels] - s[1 : levels + 1]) * power[stays_at]
        for k in range(K):
            gain[k:] += migrants[: levels - k]
        return rate * gain - (s[1 : levels + 1] - s[2 : levels + 2])

    return f


task = json.load(sys.stdin)
levels = task["levels"]
f = right_hand_side(task, levels)
start = task["lambda"] ** np.arange(1, levels + 1)
results = []
for method in ("hybr", "krylov"):
    options = {"xtol": 1e-13} if method == "hybr" else {"fatol": 1e-13, "maxiter": 200}
    times = []
    for _ in range(task["repetitions"]):
        began = time.perf_counter()
        solution = root(f, start, method=method, options=options)
        times.append(1e3 * (time.perf_counter() - began))
    results.append(
        {
            "method": method,
            "ms": statistics.median(times),
            "meanQueue": float(np.sum(solution.x)),
            "residual": float(np.max(np.abs(f(solution.x)))),
        }
    )
json.dump(results, sys.stdout)
