// `npm run test:cluster`: the tests on a real Slurm and a real cache server, of test/cluster/; ends with one line `N passed,
// N failed`. Installs the Debian packages where it may; where they are missing, it says so and counts nothing as failed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { close, vitest } from './vitest.mjs';

/** What the tests start, and the Debian package that holds it. */
const NEEDED = {
  slurmctld: 'slurmctld',
  slurmd: 'slurmd',
  sbatch: 'slurm-client',
  munged: 'munge',
  nginx: 'nginx-light',
};
const PLACES = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
const found = (program) => PLACES.some((place) => place !== '' && existsSync(`${place}/${program}`));
const missing = () => Object.keys(NEEDED).filter((program) => !found(program));

if (missing().length > 0 && process.getuid?.() === 0 && found('apt-get')) install(missing());
const without = missing();
if (without.length > 0) {
  const packages = without.map((program) => NEEDED[program]);
  process.stdout.write(`Skipped, for ${without.join(', ')} cannot be found: apt-get install ${packages.join(' ')}\n`);
  process.stdout.write('0 passed, 0 failed\n');
} else {
  close(vitest(['--config', 'vitest.cluster.config.ts', ...process.argv.slice(2)]));
}

/** What does not succeed is told by what is missing afterwards. */
function install(programs) {
  const packages = programs.map((program) => NEEDED[program]);
  process.stdout.write(`Installing ${packages.join(', ')} …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
