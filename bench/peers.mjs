/**
 * What people use instead, on the same problems: scipy.optimize.root for the mean-field fixed point, SimPy for the
 * simulation (bench/peers/*.py). Runs take turns; ratios are of medians. What is not installed is named and left out
 * (`apt-get install python3-scipy python3-simpy3`). Run `node bench/peers.mjs` for a table.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildKernel } from '../scripts/buildKernel.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** The first on PATH, then Debian's own, which sees Debian's packages where another one stands first. */
const PYTHONS = ['python3', '/usr/bin/python3'];
const K = 2;

const FIXED_POINTS = [
  { name: 'MBOUNCE(6), d = 1, λ = 0.75', alpha: 6, d: 1, lambda: 0.75 },
  { name: 'MBOUNCE(6), d = 10, λ = 0.95', alpha: 6, d: 10, lambda: 0.95 },
  { name: 'ABOUNCE(2), d = 10, λ = 0.75', C: 2, d: 10, lambda: 0.75 },
];
const SIMULATION = { C: 2, d: 10, K, n: 100, lambda: 0.75 };

/** Measures; returns `{ fixedPoint: [row], simulation: row | null, missing: [module] }`. */
export async function benchPeers({ rounds = 5, levels = 100, time = 200, events = 4_000_000 } = {}) {
  const science = await bundle();
  const scipy = pythonWith('scipy');
  const simpy = pythonWith('simpy');
  const missing = [scipy === null ? 'scipy' : null, simpy === null ? 'SimPy' : null].filter((name) => name !== null);
  return {
    missing,
    fixedPoint: scipy === null ? [] : FIXED_POINTS.map((task) => fixedPointRow(science, scipy, task, levels, rounds)),
    simulation: simpy === null ? null : simulationRow(science, simpy, { time, events, rounds }),
  };
}

function fixedPointRow({ fixedPoint, makePolicy }, python, { name, lambda, ...threshold }, levels, rounds) {
  const kind = threshold.C === undefined ? 'mbounce' : 'abounce';
  const own = () => fixedPoint({ lambda, policy: makePolicy({ kind, K, ...threshold }), truncation: levels });
  const samples = { own: [], hybr: [], krylov: [] };
  const meanQueue = {};
  const residual = {};
  for (let round = -1; round < rounds; round++) {
    const times = Array.from({ length: 5 }, () => {
      const from = performance.now();
      const point = own();
      if (point.status !== 'converged') throw new Error(`${name}: ${point.status}`);
      [meanQueue.own, residual.own] = [point.meanQueue, point.residual];
      return performance.now() - from;
    });
    const theirs = run(python, 'fixed_point.py', { ...threshold, K, lambda, levels, repetitions: 5 });
    for (const { method, ms, ...rest } of theirs) {
      [meanQueue[method], residual[method]] = [rest.meanQueue, rest.residual];
      if (round >= 0) samples[method].push(ms);
    }
    if (round >= 0) samples.own.push(median(times)); // the first round warms up
  }
  const ms = Object.fromEntries(Object.entries(samples).map(([program, values]) => [program, median(values)]));
  return { name, levels, ms, meanQueue, residual, ratio: { hybr: ms.hybr / ms.own, krylov: ms.krylov / ms.own } };
}

/** Both in simulated mean service times a second: the embedded chain has events that SimPy's processes do not. */
function simulationRow({ simulate }, python, { time, events, rounds }) {
  const { n, lambda, C, d } = SIMULATION;
  const policy = { kind: 'abounce', C, d, K };
  const samples = { own: [], simpy: [] };
  const meanQueue = { own: [], simpy: [] };
  for (let round = -1; round < rounds; round++) {
    const from = performance.now();
    const result = simulate({ n, lambda, policy, events, seed: String(round + 2).padStart(64, '0') });
    const seconds = (performance.now() - from) / 1e3;
    const theirs = run(python, 'simulation.py', { ...SIMULATION, time, seed: round + 2 });
    if (round < 0) continue;
    samples.own.push(events / (n * (1 + lambda)) / seconds);
    samples.simpy.push(time / theirs.seconds);
    meanQueue.own.push(result.meanQueue);
    meanQueue.simpy.push(theirs.meanQueue);
  }
  const perSecond = { own: median(samples.own), simpy: median(samples.simpy) };
  return {
    perSecond,
    meanQueue: { own: mean(meanQueue.own), simpy: mean(meanQueue.simpy) },
    ratio: perSecond.own / perSecond.simpy,
  };
}

/** Lines of a table. */
export function linesOf({ fixedPoint, simulation, missing }) {
  const lines = missing.map((name) => `${name} is not installed and is left out`);
  for (const { name, levels, ms, residual, ratio } of fixedPoint) {
    lines.push(`${name}, ${levels} levels: ${ms.own.toFixed(2)} ms, residual ${residual.own.toExponential(0)}`);
    for (const [method, title] of [
      ['hybr', "scipy root, 'hybr'"],
      ['krylov', "scipy root, 'krylov'"],
    ]) {
      const times = `${ms[method].toFixed(2)} ms, residual ${residual[method].toExponential(0)}`;
      lines.push(`  ${title.padEnd(24)}${times}   ${ratio[method].toFixed(1)} × the time`);
    }
  }
  if (simulation !== null) {
    const { perSecond, ratio, meanQueue } = simulation;
    lines.push(
      `simulation, n = ${SIMULATION.n}: ${Math.round(perSecond.own)} mean service times a second, E[q] = ${meanQueue.own.toFixed(3)}`,
      `  ${'SimPy'.padEnd(24)}${Math.round(perSecond.simpy)} a second, E[q] = ${meanQueue.simpy.toFixed(3)}   1/${ratio.toFixed(0)} of the rate`,
    );
  }
  return lines;
}

const pythonWith = (module) =>
  PYTHONS.find((python) => spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0) ?? null;

const run = (python, script, task) =>
  JSON.parse(
    execFileSync(python, [join(ROOT, 'bench/peers', script)], { input: JSON.stringify(task), encoding: 'utf8' }),
  );

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const median = (values) => {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

async function bundle() {
  await buildKernel({ root: ROOT });
  const folder = mkdtempSync(join(tmpdir(), 'driftline-bench-'));
  const outfile = join(folder, 'science.mjs');
  const contents = `
    export { fixedPoint } from './src/science/meanfield/fixedPoint.ts';
    export { makePolicy } from './src/science/policy/policy.ts';
    export { simulate } from './src/science/sim/simulate.ts';`;
  try {
    await build({
      stdin: { contents, resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const line of linesOf(await benchPeers())) process.stdout.write(`${line}\n`);
}
