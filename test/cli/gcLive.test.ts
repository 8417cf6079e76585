import type { ChildProcess } from 'node:child_process';
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COLLECTION } from '../../src/cli/liveSessions.ts';
import { Leases } from '../../src/store/leases.ts';
import { temporaryFolders } from '../store/folder.ts';
import { ending, SQUARES, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
let study: TemporaryStudy;
let living: ChildProcess | undefined;

/** Of two stages the second one never ends. */
const STUDY = {
  'pipeline.yaml': `driftline: 1
study: Squares
params: { n: 3 }
stages:
  first: { uses: squares, with: { n: "\${params.n}" } }
  second: { uses: squares, with: { n: "\${params.n}", slow: true } }
`,
  'stages/squares.ts': SQUARES,
};

const gc = async (...args: string[]) =>
  JSON.parse((await study.driftline('gc', '--json', '--keep-runs', '1', '--grace', '0', ...args)).out);
const targets = ({ records }: { records: { target: string }[] }) => records.map(({ target }) => target).sort();

/** Everything that is in the store becomes a day old. */
function age(): void {
  const then = new Date(Date.now() - 86_400_000);
  const entries = readdirSync(join(study.root, '.driftline'), { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), then, then);
}

/** A run with other parameters than anybody else asks for, that uses the first stage's result and is at the second. */
async function live(): Promise<ChildProcess> {
  living = study.start(['run', '--set', 'n=7', '--json']);
  await new Promise<void>((resolve) => {
    let out = '';
    living!.stdout!.on('data', (text: Buffer) => {
      out += text.toString();
      if (out.includes('"action-started"')) resolve();
    });
  });
  await sleep(300); // what it tells is gathered before it is written
  return living;
}

beforeEach(async () => {
  study = new TemporaryStudy(folder(), STUDY);
  await study.driftline('run', 'first', '--set', 'n=7');
  await study.driftline('run', 'first');
  age();
});
afterEach(() => {
  living?.kill('SIGKILL');
  living = undefined;
});

describe('driftline gc, while a run is going on', () => {
  it('keeps what that run needs, without any grace and whatever parameters it has; afterwards it does not', async () => {
    expect(targets(await gc())).toEqual(['first', 'first.rows']);
    const run = await live();
    expect(targets(await gc('--yes'))).toEqual([]);
    run.kill('SIGKILL');
    await ending(run);
    expect(targets(await gc('--yes'))).toEqual(['first', 'first.rows']);
  });

  it('removes no result where that run has another study than there is now, and says so', async () => {
    await live();
    study.write({ 'pipeline.yaml': STUDY['pipeline.yaml'].replace('second:', 'third:') });
    const done = await gc('--yes');
    expect([targets(done), done.unknownRuns]).toEqual([[], [expect.stringMatching(/^2\d{3}-/)]]);
    expect((await study.driftline('gc', '--grace', '0')).out).toMatch(
      /^It cannot be told what run 2\S+ needs, which is going on, so no result is removed: wait until it has ended\.$/m,
    );
  });

  it('is waited for by a run that begins meanwhile', async () => {
    const leases = new Leases(join(study.root, '.driftline'));
    expect(leases.acquire(COLLECTION)).toBe(true);
    living = study.start(['run', 'first']);
    const ended = ending(living);
    let isOver = false;
    ended.then(() => {
      isOver = true;
    });
    await expect.poll(() => leases.living().some((name) => name.startsWith('run.')), { timeout: 20_000 }).toBe(true);
    await sleep(500);
    expect(isOver).toBe(false);
    leases.close();
    expect((await ended).code).toBe(0);
  });
});
