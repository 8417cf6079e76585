// `npm run check`: types, lint, unused code — without the tests.
import { spawnSync } from 'node:child_process';

let status = 0;
for (const command of [['tsc', '-p', '.'], ['biome', 'check'], ['knip']]) {
  const result = spawnSync('npx', ['--no-install', ...command], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  status ||= result.status ?? 1;
}
process.exitCode = status;
