import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const done = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** A small file system in memory, at a folder. */
export class SmallDisk {
  readonly path: string;

  constructor(path: string, bytes: number) {
    mkdirSync(path, { recursive: true });
    this.path = path;
    if (!done('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=755`, 'tmpfs', path))
      throw new Error(`cannot mount ${path}`);
  }

  /** `size=…` in bytes, `ro` or `rw`. */
  remount(options: string): void {
    if (!done('mount', '-o', `remount,${options}`, this.path)) throw new Error(`cannot remount ${this.path}`);
  }

  unmount(): void {
    if (!done('umount', this.path)) throw new Error(`cannot unmount ${this.path}`);
  }
}

/** Whether this machine lets the tests mount: as a rule, whether they run as root and not in a narrow container. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-mount-'));
  try {
    new SmallDisk(folder, 4096).unmount();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
