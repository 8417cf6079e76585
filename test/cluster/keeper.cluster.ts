import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Slurm } from './slurm.ts';
import { until } from './until.ts';

/** Processes that work in a folder, or below it. */
const within = (folder: string): string[] =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });

/** One that has ended may keep its number where nobody asks about it. */
function runs(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const KEEPER = fileURLToPath(new URL('keeper.mjs', import.meta.url));

/** A program that has a keeper keep a folder and a server in it that ignores requests to end, and then waits. */
const HOLDER = `
  import { spawn } from 'node:child_process';
  const [keeper, folder] = process.argv.slice(1);
  const { stdin } = spawn(process.execPath, [keeper], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  stdin.write(JSON.stringify({ folder }) + '\\n');
  spawn('sh', ['-c', 'trap "" TERM; echo > up; while :; do sleep 1; done'], { cwd: folder, detached: true, stdio: 'ignore' });
  setInterval(() => undefined, 1000);
`;

describe('the servers of a test', () => {
  it('are gone with their folder when they are stopped, and what they run too, and no device of the machine with them', async () => {
    const { ino, rdev } = statSync('/dev/null'); // munged replaces files that it is told of
    const slurm = await Slurm.start();
    const told = join(slurm.folder, 'told');
    await slurm.submit(`#!/bin/sh\ntrap "" TERM\ncd /\necho $$ > ${told}\nsleep 300\nsleep 300\n`);
    await until(() => existsSync(told) && readFileSync(told, 'utf8').endsWith('\n'), 'the job to run');
    const pid = readFileSync(told, 'utf8').trim();
    expect(runs(pid)).toBe(true);
    expect(within(slurm.folder).length).toBeGreaterThan(3);
    await slurm.stop();
    expect(runs(pid)).toBe(false);
    expect(within(slurm.folder)).toEqual([]);
    expect(existsSync(slurm.folder)).toBe(false);
    expect(statSync('/dev/null')).toMatchObject({ ino, rdev });
  });

  it('are gone when the test is killed', async () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'driftline-kept-'));
    const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, KEEPER, folder], { stdio: 'inherit' });
    await until(() => existsSync(join(folder, 'up')), 'the server to be up');
    expect(within(folder).length).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await until(() => !existsSync(folder), 'the folder to be gone');
    expect(within(folder)).toEqual([]);
  });
});
