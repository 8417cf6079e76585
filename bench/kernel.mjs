/**
 * Events per second of the simulator's kernel beside two C programs built on the spot with `cc -O3 -march=native`:
 * the same algorithm (bench/c/occupancy.c, whose counts must agree to the digit), the straightforward one with d draws an
 * arrival (bench/c/straightforward.c), and that with its areas summed on change only. Runs are interleaved, in processor
 * time, so that other work on the machine counts less; ratios are of medians.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernel } from '../scripts/buildKernel.mjs';
import { fromSources } from './fromSources.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const IS_X64 = process.arch === 'x64';
const SEED = 'c0ffee'.padEnd(64, '0123456789abcdef');
/** C programs by name: source file, options, and the ratio aimed at. */
const C_PROGRAMS = {
  occupancy: { source: 'occupancy.c', options: [], aim: 1 },
  'occupancy, without AVX-512': { source: 'occupancy.c', options: ['-mno-avx512f'], aim: null },
  straightforward: { source: 'straightforward.c', options: [], aim: 5 },
  'straightforward, areas on change': { source: 'straightforward.c', options: ['-DAREAS_ON_CHANGE'], aim: null },
};

/** Measures; returns `{ setting, rows: [{ program, eventsPerSecond, samples }], ratios: [{ against, ratio, aim, met }], identical }`. */
export async function benchKernel({
  n = 100,
  d = 10,
  C = 2,
  K = 2,
  a = 3,
  b = 4,
  events = 10_000_000,
  rounds = 7,
} = {}) {
  const bin = join(ROOT, 'bench/c/bin');
  mkdirSync(bin, { recursive: true });
  const programsInC = Object.entries(C_PROGRAMS).filter(
    ([, { options }]) => !options.includes('-mno-avx512f') || IS_X64,
  );
  for (const [name, { source, options }] of programsInC) {
    execFileSync('cc', ['-O3', '-march=native', ...options, '-o', join(bin, name), join(ROOT, 'bench/c', source)]);
  }
  await buildKernel({ root: ROOT });
  const sim = await loadSimulator();
  const policy = sim.makePolicy({ kind: 'abounce', C, d, K });
  const rng = sim.streamPair(SEED, 'events');
  const lambda = sim.rational(a, b);
  const thresholds = sim.maximumThresholds(n, d);
  const tables = Buffer.concat(
    [sim.originTable(n, lambda), sim.sampleTable(n, thresholds), thresholds].map((table) => Buffer.from(table.buffer)),
  );
  const words = [...rng.origins, ...rng.samples];
  const argvOf = {
    'occupancy.c': [n, C, K, a, b, events, ...words, rng.refinements].map(String),
    'straightforward.c': [n, d === 'all' ? 0 : d, C, K, a, b, events, ...words].map(String),
  };

  const runC = (name) => {
    const { source } = C_PROGRAMS[name];
    // The straightforward one reads no tables; it may have ended before they are written to it.
    const given = source === 'occupancy.c' ? { input: tables } : {};
    const fields = execFileSync(join(bin, name), argvOf[source], { ...given, encoding: 'utf8' })
      .trim()
      .split(' ');
    return { counts: fields.slice(0, 5).join(' '), seconds: Number(fields[5]) };
  };
  const runKernel = () => {
    const kernel = new sim.KernelMemory({ n, lambda, policy, rng });
    const from = process.cpuUsage();
    kernel.runTo(events);
    const seconds = process.cpuUsage(from).user / 1e6;
    const counts = kernel.counts();
    let arrivals = 0;
    let migrations = 0;
    let delay = 0;
    counts.stays.forEach((stays, i) => {
      arrivals += stays + counts.migrations[i];
      migrations += counts.migrations[i];
      delay += stays * i + counts.migrations[i] * (i + K);
    });
    const jobsIntegral = kernel.jobsIntegral;
    kernel.release(); // as a thread with many simulations does
    return { counts: [events, arrivals, migrations, delay, jobsIntegral].join(' '), seconds };
  };

  const programs = { kernel: runKernel };
  for (const [name] of programsInC) programs[name] = () => runC(name);
  const samples = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  const counts = {};
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(programs)) {
      const result = run();
      counts[name] = result.counts;
      if (round >= 0) samples[name].push(events / result.seconds); // the first round warms up
    }
  }
  const rows = Object.entries(samples).map(([program, values]) => ({
    program,
    eventsPerSecond: median(values),
    best: Math.max(...values),
    samples: values,
  }));
  const of = (name) => rows.find((row) => row.program === name).eventsPerSecond;
  const ratios = programsInC.map(([against, { aim }]) => {
    const ratio = of('kernel') / of(against);
    return { against, ratio, aim, met: aim === null || ratio >= aim };
  });
  if (counts.kernel !== counts.occupancy) {
    throw new Error(`the kernel and occupancy.c disagree: ${counts.kernel} against ${counts.occupancy}`);
  }
  return { setting: { n, d, C, K, lambda: `${a}/${b}`, events, rounds }, rows, ratios, identical: true, counts };
}

/** Queues of the curve over n, with the rate aimed at in units of that of n = 100. */
const QUEUES = [
  { n: 10, aim: null },
  { n: 100, aim: null },
  { n: 254, aim: null },
  { n: 255, aim: null },
  { n: 1000, aim: null },
  { n: 10_000, aim: null },
  { n: 49_999, aim: null },
  { n: 50_000, aim: null },
  { n: 100_000, aim: null },
  { n: 1_000_000, aim: 0.5 },
  { n: 10_000_000, aim: null },
  { n: 100_000_000, aim: null },
  { n: 1_000_000_000, aim: 0.3 },
];
/** The mean field of the setting (lambda = 3/4, ABOUNCE C = 2, K = 2, d = 10), where each run starts. */
const PROFILE = [1, 0.939734, 0.749597, 0.417469, 0.123577, 0.004983];

/** Events per second over n, from interleaved runs: `[{ n, loop, eventsPerSecond, ratio, aim, met }]`, ratio to n = 100. */
export async function benchQueues({ events = 4_000_000, rounds = 7 } = {}) {
  await buildKernel({ root: ROOT });
  const sim = await loadSimulator();
  const policy = sim.makePolicy({ kind: 'abounce', C: 2, d: 10, K: 2 });
  const rng = sim.streamPair(SEED, 'events');
  const samples = QUEUES.map(() => []);
  for (let round = -1; round < rounds; round++) {
    QUEUES.forEach(({ n }, k) => {
      const kernel = new sim.KernelMemory({ n, lambda: sim.rational(3, 4), policy, rng });
      const profile = PROFILE.map((s) => Math.round(n * s));
      kernel.setState(profile, 0, rng);
      const from = process.cpuUsage();
      kernel.runTo(events);
      if (round >= 0) samples[k].push(events / (process.cpuUsage(from).user / 1e6)); // the first round warms up
      kernel.release();
    });
  }
  const rates = samples.map(median);
  const unit = rates[QUEUES.findIndex(({ n }) => n === 100)];
  return QUEUES.map(({ n, aim }, k) => {
    const ratio = rates[k] / unit;
    return { n, loop: sim.loopFor(n), eventsPerSecond: rates[k], ratio, aim, met: aim === null || ratio >= aim };
  });
}

/** A row of the curve over n as a line. */
export const lineOfQueues = ({ n, loop, eventsPerSecond, ratio, aim, met }) =>
  `n = ${String(n).padEnd(11)}${loop.padEnd(8)}${(eventsPerSecond / 1e6).toFixed(1).padStart(8)} M events/s` +
  `${ratio.toFixed(2).padStart(7)} × n = 100${aimOf(aim, met)}`;

/** The end of a ratio's line. */
export const aimOf = (aim, met) => (aim === null ? '' : `   aim ≥ ${aim}: ${met ? 'met' : 'missed'}`);

const median = (values) => {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The modules under src that the bench needs, as one. */
const loadSimulator = () =>
  fromSources(`
    export { KernelMemory, loopFor } from './src/science/sim/kernelMemory.ts';
    export { makePolicy } from './src/science/policy/policy.ts';
    export { streamPair } from './src/science/random/stream.ts';
    export { rational } from './src/science/numeric/rational.ts';
    export { originTable, sampleTable } from './src/science/random/narrowDraw.ts';
    export { maximumThresholds } from './src/science/random/maximumOfUniforms.ts';`);

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const result = await benchKernel();
  for (const { program, eventsPerSecond } of result.rows) {
    process.stdout.write(`${program.padEnd(41)}${(eventsPerSecond / 1e6).toFixed(1).padStart(8)} M events/s\n`);
  }
  for (const { against, ratio, aim, met } of result.ratios) {
    process.stdout.write(`kernel / ${against.padEnd(32)}${ratio.toFixed(2).padStart(6)}${aimOf(aim, met)}\n`);
  }
  for (const row of await benchQueues()) process.stdout.write(`${lineOfQueues(row)}\n`);
}
