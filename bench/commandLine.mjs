// What the command line costs: a cold quick run, and what it takes to find out that nothing has to run.
//
// Method: a copy of the study in a temporary folder; one cold `run`; then rounds of `node -e 0`, `--version`, `--help`, `status`
// and `run`, interleaved, each a fresh process; medians. NODE_EXTRA_CA_CERTS would add to every start and is unset.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { NODE_EXTRA_CA_CERTS: _, ...ENV } = process.env;

/** Seconds of the cold run, and median seconds of each warm command with its ratio to an empty Node program. */
export async function benchCommandLine({ rounds = 15, profile = 'quick' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-bench-'));
  try {
    for (const part of ['pipeline.yaml', 'experiments'])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    const driftline = (...args) => ['bin/driftline', ...args].map((word, at) => (at === 0 ? join(ROOT, word) : word));
    const study = ['--profile', profile];
    time(folder, driftline('--help')); // the build, where one is due, is no part of the run
    const cold = time(folder, driftline('run', ...study));
    const commands = {
      'node -e 0': ['-e', '0'],
      'driftline --version': driftline('--version'),
      'driftline --help': driftline('--help'),
      'driftline status': driftline('status', ...study),
      'driftline run, nothing to do': driftline('run', ...study),
    };
    const seconds = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, args] of Object.entries(commands)) seconds[name].push(time(folder, args));
    }
    const floor = median(seconds['node -e 0']);
    const warm = Object.entries(seconds).map(([name, all]) => ({
      name,
      seconds: median(all),
      ratio: median(all) / floor,
    }));
    return { profile, cores: cpus().length, rounds, coldSeconds: cold, warm };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function time(cwd, args) {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env: ENV, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return (performance.now() - started) / 1000;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Lines of text for the table of `npm run bench`. */
export const linesOf = ({ profile, coldSeconds, warm }) => [
  `${`driftline run --profile ${profile}, cold`.padEnd(40)}${coldSeconds.toFixed(1).padStart(8)} s`,
  ...warm.map(
    ({ name, seconds, ratio }) =>
      `${name.padEnd(40)}${(seconds * 1000).toFixed(0).padStart(8)} ms${ratio.toFixed(1).padStart(8)} × node -e 0`,
  ),
];

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  process.stdout.write(`${linesOf(await benchCommandLine()).join('\n')}\n`);
}
