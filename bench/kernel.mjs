/**
 * Events per second of the simulator's kernel beside two C programs built on the spot with `cc -O3 -march=native`:
 * the same algorithm (bench/c/occupancy.c, whose counts must agree to the digit), the straightforward one with d draws an
 * arrival (bench/c/straightforward.c), and that with its areas summed on change only. Runs are interleaved; ratios are of
 * medians.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildKernel } from '../scripts/buildKernel.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const SEED = 'c0ffee'.padEnd(64, '0123456789abcdef');
/** C programs by name: source file, definitions, and the ratio aimed at. */
const C_PROGRAMS = {
  occupancy: { source: 'occupancy.c', define: [], aim: 0.7 },
  straightforward: { source: 'straightforward.c', define: [], aim: 3 },
  'straightforward, areas on change': { source: 'straightforward.c', define: ['-DAREAS_ON_CHANGE'], aim: null },
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
  for (const [name, { source, define }] of Object.entries(C_PROGRAMS)) {
    execFileSync('cc', ['-O3', '-march=native', ...define, '-o', join(bin, name), join(ROOT, 'bench/c', source)]);
  }
  await buildKernel({ root: ROOT });
  const sim = await bundle();
  const policy = sim.makePolicy({ kind: 'abounce', C, d, K });
  const rng = sim.streamPair(SEED, 'events');
  const lambda = sim.rational(a, b);
  const { accept, alias } = sim.maximumOfUniforms(n, d, sim.eventDraw(n, lambda).bits);
  const table = Array.from(accept, (threshold, j) => `${threshold} ${alias[j]}`).join('\n');
  const argv = [n, d === 'all' ? 0 : d, C, K, a, b, events, ...rng.origins, ...rng.samples].map(String);

  const runC = (name) => {
    const fields = execFileSync(join(bin, name), argv, { input: table, encoding: 'utf8' }).trim().split(' ');
    return { counts: fields.slice(0, 5).join(' '), seconds: Number(fields[5]) };
  };
  const runKernel = () => {
    const kernel = new sim.KernelMemory({ n, lambda, policy, rng });
    const from = process.hrtime.bigint();
    kernel.runTo(events);
    const seconds = Number(process.hrtime.bigint() - from) / 1e9;
    const counts = kernel.counts();
    let arrivals = 0;
    let migrations = 0;
    let delay = 0;
    counts.stays.forEach((stays, i) => {
      arrivals += stays + counts.migrations[i];
      migrations += counts.migrations[i];
      delay += stays * i + counts.migrations[i] * (i + K);
    });
    return { counts: [events, arrivals, migrations, delay, kernel.jobsIntegral].join(' '), seconds };
  };

  const programs = { kernel: runKernel };
  for (const name of Object.keys(C_PROGRAMS)) programs[name] = () => runC(name);
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
    samples: values,
  }));
  const of = (name) => rows.find((row) => row.program === name).eventsPerSecond;
  const ratios = Object.entries(C_PROGRAMS).map(([against, { aim }]) => {
    const ratio = of('kernel') / of(against);
    return { against, ratio, aim, met: aim === null || ratio >= aim };
  });
  if (counts.kernel !== counts.occupancy) {
    throw new Error(`the kernel and occupancy.c disagree: ${counts.kernel} against ${counts.occupancy}`);
  }
  return { setting: { n, d, C, K, lambda: `${a}/${b}`, events, rounds }, rows, ratios, identical: true, counts };
}

/** The end of a ratio's line. */
export const aimOf = (aim, met) => (aim === null ? '' : `   aim ≥ ${aim}: ${met ? 'met' : 'missed'}`);

const median = (values) => {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The modules under src that the bench needs, as one. */
async function bundle() {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-bench-'));
  const outfile = join(folder, 'sim.mjs');
  const contents = `
    export { KernelMemory } from './src/science/sim/kernelMemory.ts';
    export { makePolicy } from './src/science/policy/policy.ts';
    export { streamPair } from './src/science/random/stream.ts';
    export { rational } from './src/science/numeric/rational.ts';
    export { eventDraw } from './src/science/random/bounded.ts';
    export { maximumOfUniforms } from './src/science/random/maximumOfUniforms.ts';`;
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
  const result = await benchKernel();
  for (const { program, eventsPerSecond } of result.rows) {
    process.stdout.write(`${program.padEnd(41)}${(eventsPerSecond / 1e6).toFixed(1).padStart(8)} M events/s\n`);
  }
  for (const { against, ratio, aim, met } of result.ratios) {
    process.stdout.write(`kernel / ${against.padEnd(32)}${ratio.toFixed(2).padStart(6)}${aimOf(aim, met)}\n`);
  }
}
