import { readdirSync, readlinkSync } from 'node:fs';

/** Kills the processes that work in a folder at once, without a chance to clean up. */
export function killProcessesIn(folder: string): void {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      if (readlinkSync(`/proc/${name}/cwd`) === folder) process.kill(Number(name), 'SIGKILL');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!['ENOENT', 'ESRCH', 'EACCES', 'EINVAL'].includes(code ?? '')) throw error;
    }
  }
}
