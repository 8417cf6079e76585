// What an engine costs that has nothing to compute: DAGs of trivial cells, beside ninja, make and Snakemake.
//
// Method: for each number of cells, rounds in which the tools take turns; in each a cold run in a new folder, a run with
// nothing to do, `status` (Driftline alone), and a run after one cell changed, each a fresh process. Wall time, the
// processor time of the process and its children, and the largest resident memory of one process (GNU time); medians.
// Alone: node bench/scale.mjs [cells …]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TOOLS } from './scaleTools.mjs';

const SIZES = [1000, 10_000, 100_000];
const TIME = '/usr/bin/time';
const { NODE_EXTRA_CA_CERTS: _, ...ENV } = process.env;

/** As many rounds as bear the noise and end within minutes. */
const roundsFor = (cells) => (cells > 10_000 ? 1 : 3);

/** Rows of medians by tool, size and what was done, tools that are not here, and the fit of each tool's growth. */
export async function benchScale({
  sizes = SIZES,
  rounds = roundsFor,
  tools = TOOLS.map(({ name }) => name),
  say,
} = {}) {
  const wanted = TOOLS.filter(({ name }) => tools.includes(name));
  const missing = wanted.filter(({ command }) => !isHere(command)).map(({ name }) => name);
  const here = wanted.filter(({ name }) => !missing.includes(name));
  const folder = mkdtempSync(join(tmpdir(), 'driftline-bench-'));
  const rows = [];
  try {
    for (const cells of sizes) {
      const samples = new Map();
      for (let round = 1; round <= rounds(cells); round++) {
        for (const tool of here.filter(({ most, rounds: few = round }) => cells <= most && round <= few)) {
          for (const [what, sample] of measure(join(folder, 'work'), tool, cells, round)) {
            const key = `${tool.name}|${what}`;
            samples.set(key, [...(samples.get(key) ?? []), sample]);
          }
        }
      }
      for (const [key, all] of samples) {
        const [tool, what] = key.split('|');
        const row = { tool, cells, what, rounds: all.length, ...mediansOf(all) };
        rows.push(row);
        say?.(lineOf(row));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { rows, ratios: ratiosOf(rows), fits: fitsOf(rows), missing };
}

function* measure(folder, tool, cells, round) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  tool.write(folder, cells);
  yield ['cold', time(folder, tool, tool.run)];
  yield ['nothing to do', time(folder, tool, tool.run)];
  if (tool.status !== undefined) yield ['status', time(folder, tool, tool.status)];
  tool.change(folder, cells, round);
  yield ['one cell changed', time(folder, tool, tool.run)];
}

/** Seconds of wall and processor time, and mebibytes where GNU time is there to tell. */
function time(cwd, { name, command }, args) {
  const measured = existsSync(TIME);
  const told = join(cwd, '.time');
  const argv = measured ? [TIME, '-q', '-f', '%U %S %M', '-o', told, command, ...args] : [command, ...args];
  const from = performance.now();
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), { cwd, env: ENV, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const seconds = (performance.now() - from) / 1000;
  if (status !== 0) throw new Error(`${name} ended with ${status} in ${cwd}:\n${stderr.slice(-2000)}`);
  if (!measured) return { seconds };
  const [user, system, kibibytes] = readFileSync(told, 'utf8').trim().split(' ').map(Number);
  return { seconds, cpuSeconds: user + system, mebibytes: kibibytes / 1024 };
}

const isHere = (command) => spawnSync(command, ['--version'], { stdio: 'ignore', env: ENV }).status === 0;

const mediansOf = (samples) =>
  Object.fromEntries(Object.keys(samples[0]).map((name) => [name, median(samples.map((sample) => sample[name]))]));

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Driftline's wall time over each other tool's, for the same DAG and the same thing done. */
export function ratiosOf(rows) {
  const own = rows.filter(({ tool }) => tool === 'driftline');
  return own.flatMap(({ cells, what, seconds }) =>
    rows
      .filter((row) => row.tool !== 'driftline' && row.cells === cells && row.what === what)
      .map((row) => ({ cells, what, against: row.tool, ratio: seconds / row.seconds })),
  );
}

/** seconds = start + perCell · cells, of wall and of processor time, where there are three sizes or more. */
function fitsOf(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = `${row.tool}|${row.what}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups]
    .filter(([, all]) => all.length > 2)
    .flatMap(([key, all]) => {
      const [tool, what] = key.split('|');
      const points = (time) => all.map((row) => [row.cells, row[time]]).filter(([, seconds]) => seconds > 0);
      return ['seconds', 'cpuSeconds']
        .filter((time) => points(time).length > 2)
        .map((time) => ({ tool, what, time, ...linearFit(points(time)) }));
    });
}

/**
 * Least squares on relative errors, so that small DAGs count as much as large ones: Σ((a + b x − y) / y)² is least. The
 * largest relative deviation says how far from a straight line the points are.
 */
export function linearFit(points) {
  let [ww, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  for (const [x, y] of points) {
    const weight = 1 / y ** 2;
    ww += weight;
    wx += weight * x;
    wxx += weight * x * x;
    wy += weight * y;
    wxy += weight * x * y;
  }
  const perCell = (ww * wxy - wx * wy) / (ww * wxx - wx * wx);
  const start = (wy - perCell * wx) / ww;
  const deviations = points.map(([x, y]) => Math.abs((start + perCell * x - y) / y));
  return { start, perCell, largestDeviation: Math.max(...deviations) };
}

const count = (cells) => cells.toLocaleString('en');

const lineOf = ({ tool, cells, what, seconds, cpuSeconds, mebibytes }) =>
  `${`${count(cells)} cells, ${what}`.padEnd(34)}${tool.padEnd(10)}${seconds.toFixed(2).padStart(8)} s` +
  (cpuSeconds === undefined ? '' : `${cpuSeconds.toFixed(2).padStart(9)} s CPU${mebibytes.toFixed(0).padStart(6)} MiB`);

/** Lines of text after the rows, for `npm run bench`. */
export const linesOf = ({ ratios, fits, missing }) => [
  ...ratios.map(
    ({ cells, what, against, ratio }) =>
      `${`${count(cells)} cells, ${what}`.padEnd(34)}driftline / ${against.padEnd(10)}${ratio.toFixed(2).padStart(7)} ×`,
  ),
  ...fits.map(
    ({ tool, what, time, start, perCell, largestDeviation }) =>
      `${`${tool}, ${what}${time === 'seconds' ? '' : ', CPU'}`.padEnd(40)}${start.toFixed(2)} s + ${(perCell * 1e3).toFixed(4)} ms a cell, ` +
      `at most ${(largestDeviation * 100).toFixed(0)} % off`,
  ),
  ...(missing.length > 0 ? [`left out, for they are not installed: ${missing.join(', ')}`] : []),
];

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const sizes = process.argv.slice(2).map(Number);
  const say = (line) => process.stdout.write(`${line}\n`);
  const found = await benchScale({ say, ...(sizes.length > 0 && { sizes }) });
  for (const line of linesOf(found)) say(line);
}
