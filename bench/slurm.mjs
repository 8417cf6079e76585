// What the head of a run on a Slurm cluster costs.
//
// Simulated: a million cells of 1 to 9 s on a cluster of 1,000 nodes that is not there, in virtual time. The executor is the
// real one, and so are its files; Slurm's programs are the fake ones of the tests, called in its process. What is told of
// memory is the heap after a garbage collection, at every tenth of the cells.
//
// Measured: trivial cells through the real Slurm of the tests (see scripts/cluster.mjs for what has to be installed), whose
// nodes are this machine, beside a local run of the same study. The head's processor time and memory are GNU time's; calls of
// Slurm's programs are counted by scripts that stand before them on PATH. What else the machine did when a row was begun is told
// by its load. A run that fails or does not end is told as such, and the next one is measured.
// Alone: node bench/slurm.mjs [simulated cells; 0 for none] [cells with a job each; 0 for none]; ends with the table of
// docs/scaling.md.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fromSources } from './fromSources.mjs';
import { TOOLS } from './scaleTools.mjs';

const DRIFTLINE = fileURLToPath(new URL('../bin/driftline', import.meta.url));
const TIME = '/usr/bin/time';
const CELLS = 1_000_000;
const LIMITS = { jobs: 5000, cells: 80_000, submits: 1, polls: 12 };

/** 1 to 9 s, the same each time: 7919 is a prime, and the cells that follow each other differ. */
const secondsOf = (cell) => 1 + ((cell * 7919) % 9);

export async function simulateRows(cells = CELLS) {
  const { simulateHead } = await fromSources(
    `export { simulateHead } from './test/executors/slurm/fake/simulatedHead.ts';`,
  );
  const storeRoot = mkdtempSync(join(memoryFolder(), 'driftline-bench-'));
  try {
    const cluster = { nodes: 1000, cpus: 16, cycle: 1000, maxArraySize: 1001, minJobAge: 300, maxJobCount: 100_000 };
    return await simulateHead({ storeRoot, cells, secondsOf, cluster, limits: LIMITS });
  } finally {
    rmSync(storeRoot, { recursive: true, force: true });
  }
}

/** Ways to run trivial cells: many, packed; and some with a job each, which is what packing is there to avoid. */
const runsOf = (jobs) => [
  { what: 'local', cells: 10_000, args: ['--executor', 'local'] },
  { what: 'packed into jobs', cells: 10_000, args: ['--executor', 'slurm', '--slurm', 'takes=0.05s'] },
  ...(jobs > 0
    ? [
        { what: 'local', cells: jobs, args: ['--executor', 'local'] },
        {
          what: 'a job each',
          cells: jobs,
          args: ['--executor', 'slurm', '--slurm', 'pack=1s', '--slurm', 'takes=2s', '--slurm', `jobs=${jobs}`],
        },
      ]
    : []),
];

const JOBS = 1000;

/** A run that takes longer does not end. A job of one trivial cell takes a processor for about half a second. */
const MOST_MS = 45 * 60_000;

/** Undefined where there is no Slurm. Tells each row as it is measured. */
export async function clusterRows(jobs = JOBS, tell = () => undefined) {
  if (spawnSync('sbatch', ['--usage'], { stdio: 'ignore' }).error !== undefined) return undefined;
  const { Slurm } = await fromSources(`export { Slurm } from './test/cluster/slurm.ts';`);
  // Nodes that a busy machine lets answer late are not dead: their jobs would start a second time.
  const slurm = await Slurm.start({ nodes: 2, cpus: 16, settings: { SlurmdTimeout: '300', MessageTimeout: '60' } });
  const folder = mkdtempSync(join(tmpdir(), 'driftline-bench-'));
  try {
    const rows = [];
    for (const run of runsOf(jobs)) {
      const row = await rowOf(join(folder, 'work'), run, slurm.environment);
      rows.push(row);
      tell(row);
    }
    return rows;
  } finally {
    await slurm.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rowOf(folder, { what, cells, args }, environment) {
  rmSync(folder, { recursive: true, force: true });
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const program of ['sbatch', 'squeue', 'scontrol', 'sacct']) countCalls(folder, bin, program, environment);
  TOOLS[0].write(folder, cells);
  const told = join(folder, '.time');
  const timed = existsSync(TIME) ? [TIME, '-q', '-f', '%U %S %M', '-o', told] : [];
  const argv = [...timed, process.execPath, DRIFTLINE, 'run', ...args];
  const { NODE_EXTRA_CA_CERTS: _, ...env } = { ...environment, PATH: `${bin}:${environment.PATH}` };
  const [load] = loadavg();
  const from = performance.now();
  const child = spawn(argv[0], argv.slice(1), {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const { code, err } = await ended(child);
  const seconds = (performance.now() - from) / 1000;
  if (code !== 0) return { what, cells, seconds, load, failed: `it ended with ${code}: ${err.trim().slice(-500)}` };
  const [user, system, kibibytes] = timed.length > 0 ? readFileSync(told, 'utf8').trim().split(' ').map(Number) : [];
  const calls = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];
  const submits = calls.filter((program) => program === 'sbatch').length;
  return {
    what,
    cells,
    seconds,
    load,
    headSeconds: user === undefined ? undefined : user + system,
    mebibytes: kibibytes === undefined ? undefined : kibibytes / 1024,
    submits,
    polls: calls.length - submits,
  };
}

/** A script of that name that notes the call and becomes the program. */
function countCalls(folder, bin, program, { PATH }) {
  const real = PATH.split(':')
    .map((place) => join(place, program))
    .find((file) => existsSync(file));
  if (real === undefined) return;
  writeFileSync(join(bin, program), `#!/bin/sh\necho ${program} >> '${folder}/calls'\nexec '${real}' "$@"\n`);
  chmodSync(join(bin, program), 0o755);
}

const ended = (child) =>
  new Promise((resolve, reject) => {
    let err = '';
    // The whole group: GNU time hands no signal on.
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), MOST_MS);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, err });
    });
  });

/** The simulation's files are small and many; where there is memory to hold them, the disk is left alone. */
const memoryFolder = () => (process.env.TMPDIR === undefined && existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

export function linesOfSimulation(row) {
  const { cells, jobs, seconds, busy, submits, submitsPerSecond, polls, pollsPerMinute, mostJobs, heap, cpuSeconds } =
    row;
  return [
    `${cells} cells in ${jobs} jobs, ${(seconds / 3600).toFixed(1)} h of the cluster's time; its processors were busy for ${(100 * busy).toFixed(0)} %`,
    `submits      ${submits}, at most ${submitsPerSecond} in a second`,
    `polls        ${polls}, at most ${pollsPerMinute} in a minute`,
    `jobs         at most ${mostJobs} at a time`,
    `heap in use  ${heap.map(mebibytes).join(', ')}`,
    `processor    ${((1000 * cpuSeconds) / cells).toFixed(2)} ms a cell, the fake cluster's part included`,
  ];
}

export function lineOfRun({ what, cells, seconds, headSeconds, mebibytes: memory, submits, polls, load, failed }) {
  const name = `${what}, ${cells} cells`.padEnd(32);
  if (failed !== undefined) return `${name}failed after ${seconds.toFixed(0)} s: ${failed}`;
  const head =
    headSeconds === undefined ? '' : `   head ${headSeconds.toFixed(1)} s of processor, ${memory.toFixed(0)} MiB`;
  const each = `${((1000 * seconds) / cells).toFixed(1)} ms a cell`;
  const asked = submits === 0 ? '' : `   ${submits} submits, ${polls} polls`;
  return `${name}${seconds.toFixed(1).padStart(7)} s   ${each}${head}${asked}   load ${load.toFixed(1)}`;
}

/** The table of docs/scaling.md, with what the machine was and did. */
export function tableOf(rows) {
  const number = (value) => value.toLocaleString('en');
  const lines = rows.map(({ what, cells, seconds, headSeconds, mebibytes: memory, submits, polls, load, failed }) => {
    const cell = seconds / cells;
    const each =
      what === 'local' ? '' : `, ${cell < 0.1 ? `${(1000 * cell).toFixed(1)} ms` : `${cell.toFixed(2)} s`} a cell`;
    const time = failed === undefined ? `${seconds.toFixed(seconds < 100 ? 1 : 0)} s${each}` : 'failed';
    const head = headSeconds === undefined ? '' : `${headSeconds.toFixed(1)} s`;
    const size = memory === undefined ? '' : `${memory.toFixed(0)} MiB`;
    const asked = what === 'local' || failed !== undefined ? [' ', ' '] : [submits, polls];
    return `| ${number(cells)} cells, ${what} | ${time} | ${head} | ${size} | ${asked.join(' | ')} | ${load.toFixed(1)} |`;
  });
  return [
    `On ${cpus().length} processors (${cpus()[0].model.trim()}), Node ${process.versions.node}; load: processes that wanted one at the start of the row`,
    '',
    '| | time | head: processor | head: memory | submissions | questions | load |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const [cells, jobs] = process.argv.slice(2).map(Number);
  const say = (line) => process.stdout.write(`${line}\n`);
  if (cells !== 0) for (const line of linesOfSimulation(await simulateRows(cells))) say(line);
  const rows = await clusterRows(jobs, (row) => say(lineOfRun(row)));
  if (rows !== undefined) say(`\n${tableOf(rows).join('\n')}`);
}
