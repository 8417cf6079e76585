import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { Kinds, type LoadedKind } from '../../../src/engine/kinds.ts';
import { batchFolder, type JobAction, readActions, writeBatch } from '../../../src/executors/slurm/batch.ts';
import {
  type ResultRecord,
  ResultWriter,
  readResult,
  refusalOf,
  resultNames,
} from '../../../src/executors/slurm/resultFiles.ts';
import { sha256 } from '../../../src/store/canonical.ts';
import { writeSealed } from '../../../src/store/sealed.ts';
import { StatCache } from '../../../src/store/statCache.ts';
import { canMount, SmallDisk } from '../../soak/fileSystems.ts';
import { temporaryFolders } from '../../store/folder.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TOKEN = '0123456789abcdef';
const folder = temporaryFolders();

/** A kind that notes each time it runs, and may wait until it is told to go on. */
const KIND = `
import { appendFileSync, existsSync } from 'node:fs';
const until = async (path: string) => { while (!existsSync(path)) await new Promise((go) => setTimeout(go, 20)); };
export default {
  summary: 'Notes that it ran',
  params: { type: 'object' },
  inputs: {},
  outputs: { rows: { type: 'table', schema: { i: 'int32' } } },
  async run({ params: { k, notes, waits, fails, size = 1 } }: any) {
    appendFileSync(notes, k + '\\n');
    if (waits) await until(notes + '.go');
    if (fails) throw new TypeError('cannot');
    return { rows: { i: Array.from({ length: size }, (_, at) => at * k) } };
  },
};
`;

/** Writes until nothing more can be written. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, 'x'.repeat(256));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  } finally {
    closeSync(file);
  }
}

let kind: LoadedKind;

beforeAll(async () => {
  const study = folder();
  mkdirSync(join(study, 'stages'));
  writeFileSync(join(study, 'stages', 'noting.ts'), KIND);
  kind = (await new Kinds(folder(), { study, package: ROOT }, new StatCache(folder(), study)).load('noting'))!;
});

class Job {
  readonly root: string;
  readonly batch: string;
  readonly notes = join(folder(), 'notes');

  constructor(params: readonly object[], root = folder()) {
    this.root = root;
    const actions = params.map((each, k): JobAction => {
      const base = {
        target: `t${k}`,
        storeRoot: root,
        bundle: kind.bundle,
        entry: 'run',
        files: {},
        inputs: {},
      } as const;
      const task = { ...base, params: { k, notes: this.notes, ...each }, outputs: kind.contract.outputs, seed: '' };
      return { key: sha256(String(k)), task };
    });
    const needs = new Map([[kind.bundle, kind.needs]]);
    this.batch = writeBatch(root, { token: TOKEN, run: 'r', host: 'h' }, [actions], needs);
  }

  start(attempt = 0) {
    const env = { PATH: process.env.PATH, ...(attempt > 0 && { SLURM_RESTART_COUNT: String(attempt) }) };
    return spawn(process.execPath, [join(ROOT, 'dist', 'job', 'slurmTask.mjs'), this.batch, '0'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  run(attempt = 0): Promise<number | null> {
    const child = this.start(attempt);
    return new Promise((resolve) => {
      child.on('close', resolve);
    });
  }

  /** Ends the wait of those that wait. */
  goOn(): void {
    writeFileSync(`${this.notes}.go`, '');
  }

  get noted(): string[] {
    return existsSync(this.notes) ? readFileSync(this.notes, 'utf8').trim().split('\n') : [];
  }

  get last(): ResultRecord | undefined {
    const [name] = resultNames(this.batch).filter(({ count }) => count === Number.POSITIVE_INFINITY);
    return name && readResult(this.batch, TOKEN, name);
  }
}

describe('a job on a node', () => {
  it('does its actions in their order, and tells at last what each gave', async () => {
    const job = new Job([{}, { fails: true }, {}]);
    expect(await job.run()).toBe(0);
    expect(job.noted).toEqual(['0', '1', '2']);
    expect(job.last).toMatchObject({ end: 'done', attempt: 0 });
    expect(job.last!.results.map(([at, result]) => [at, result.ok])).toEqual([
      [0, true],
      [1, false],
      [2, true],
    ]);
  });

  it('that is started again does not do again what it had done', async () => {
    const job = new Job([{}, {}, {}]);
    const head = { token: TOKEN, element: 0, attempt: 0, host: 'h' };
    const outputs = { rows: { digest: sha256('x'), bytes: 1 } };
    new ResultWriter(job.batch, head).write([[1, { ok: true, outputs, seconds: 1, log: '' }]]);
    expect(await job.run(1)).toBe(0);
    expect(job.noted).toEqual(['0', '2']);
    expect(job.last).toMatchObject({ end: 'done', attempt: 1 });
    expect(job.last!.results).toHaveLength(3);
  });

  it('ends when it finds that it was started again since, and says no more', async () => {
    const job = new Job([{}, {}]);
    new ResultWriter(job.batch, { token: TOKEN, element: 0, attempt: 1, host: 'h' }).write([]);
    expect(await job.run(0)).toBe(75);
    expect([job.noted, job.last]).toEqual([[], undefined]);
  });

  it('that is warned does not begin another action, and says that there is more to do', async () => {
    const job = new Job([{ waits: true }, {}]);
    const child = job.start();
    await expect.poll(() => job.noted.length).toBe(1);
    child.kill('SIGUSR2');
    await new Promise((soon) => setTimeout(soon, 300));
    expect(job.noted).toEqual(['0']);
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    await new Promise((soon) => setTimeout(soon, 300));
    job.goOn();
    expect(await ended).toBe(75);
    expect([job.noted, job.last]).toEqual([['0'], undefined]); // it was ended, and not by its time
  });

  it('does nothing with another Node than its keys name, and says so', async () => {
    const job = new Job([{}, {}]);
    writeSealed(join(job.batch, 'actions', '0.json'), { ...readActions(job.batch, 0), runtime: 'node 1' });
    expect(await job.run()).toBe(0);
    expect([job.noted, job.last!.end]).toEqual([[], 'done']);
    for (const [, result] of job.last!.results) expect(result).toMatchObject({ failure: { kind: 'other-code' } });
  });

  it('whose folder is gone leaves nothing', async () => {
    const job = new Job([{ waits: true }]);
    const child = job.start();
    await expect.poll(() => job.noted.length).toBe(1);
    rmSync(job.batch, { recursive: true });
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    job.goOn();
    await ended;
    expect(existsSync(batchFolder(job.root, TOKEN))).toBe(false);
  });

  it.runIf(canMount())('tells that the disk is full, in its last record or in its exit code', async () => {
    const disk = new SmallDisk(join(folder(), 'disk'), 256 * 1024);
    try {
      const job = new Job([{ size: 100_000 }], disk.path);
      expect(await job.run()).toBe(0);
      expect(job.last!.results[0][1]).toMatchObject({ ok: false, failure: { refusal: { code: 'ENOSPC' } } });
      rmSync(join(job.batch, 'results'), { recursive: true });
      fill(join(disk.path, 'rest'));
      expect(refusalOf((await job.run())!)).toBe('ENOSPC');
      expect(job.last).toBeUndefined();
    } finally {
      disk.unmount();
    }
  });
});
