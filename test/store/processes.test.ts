import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemProcesses } from '../../src/store/processes.ts';

const { self, startOf } = systemProcesses();

describe('the processes of this machine', () => {
  it('have this one among them', () => {
    expect(self.pid).toBe(process.pid);
    expect(startOf(process.pid) ?? null).toBe(self.started);
  });

  it('are gone when they have ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    expect(startOf(child.pid!)).not.toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(startOf(child.pid!)).toBeUndefined();
  });

  it.runIf(existsSync('/proc/self/stat'))('are told apart by boot, container and start where there is /proc', () => {
    expect(self.boot).toMatch(/^[0-9a-f-]{36}$/);
    expect(self.namespace).toMatch(/^pid:/);
    expect(self.started).toMatch(/^\d+$/);
    expect(Number(startOf(process.pid))).toBeGreaterThanOrEqual(Number(startOf(process.ppid)));
  });

  it.runIf(existsSync('/proc/self/stat'))('are gone too while their parent has not asked how they ended', async () => {
    // The shell becomes another program, which never asks after the child that the shell started.
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 20']);
    try {
      const [text] = await once(parent.stdout, 'data');
      const pid = Number(text);
      await expect.poll(() => startOf(pid)).toBeUndefined();
      expect(existsSync(`/proc/${pid}/stat`)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
