import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The binary of the newest release of a major version, from the package registry; undefined where it cannot be had. */
export function nodeOfMajor(major: number, folder: string): string | undefined {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const home = join(folder, `node-${major}`);
  mkdirSync(home);
  spawnSync(
    'npm',
    ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${major}`],
    {
      stdio: 'ignore',
      timeout: 60_000,
      shell: process.platform === 'win32',
    },
  );
  const binary = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const told = existsSync(binary) ? spawnSync(binary, ['--version'], { encoding: 'utf8' }) : undefined;
  return told?.stdout?.startsWith(`v${major}.`) ? binary : undefined;
}
