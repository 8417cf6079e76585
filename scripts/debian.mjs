// Debian packages that a suite of tests needs, for suites that bring them along where they may.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of the programs that is on the PATH or in a folder of the administrator's; undefined without one. */
export function program(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // not there
      }
    }
  }
  return undefined;
}

/** Installs packages where this is Debian and the administrator asks; whether they are there then. */
export function install(...packages) {
  if (process.getuid?.() !== 0 || program('apt-get') === undefined) return false;
  process.stderr.write(`Installing ${packages.join(', ')} …\n`);
  const apt = (...args) =>
    spawnSync('apt-get', [...args], {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  return apt('-qq', 'update') && apt('-qq', '-y', '--no-install-recommends', 'install', ...packages);
}
