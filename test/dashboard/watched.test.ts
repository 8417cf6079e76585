import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellFacts } from '../../src/dashboard/protocol.ts';
import { SMALL, TemporaryStudy } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';
import { Served } from './served.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), SMALL);
let served: Served;
beforeAll(async () => {
  served = await Served.of(study);
});
afterAll(() => served.close('SIGKILL'));

const LONG = { timeout: 40_000, interval: 100 };
const runNow = async () => (await served.snapshot()).run;

describe('the live view of a study that is watched', () => {
  it('follows each run that a save begins, in the study as it was saved', async () => {
    const watch = study.start(['watch']);
    const ended = new Promise((resolve) => watch.once('exit', resolve));
    try {
      await expect.poll(async () => (await runNow())?.state, LONG).toBe('finished');
      const first = await runNow();
      study.write({ 'pipeline.yaml': SMALL['pipeline.yaml'].replace('n: 3', 'n: 4') });
      await expect.poll(async () => (await runNow())?.id, LONG).not.toBe(first!.id);
      await expect.poll(async () => (await runNow())?.state, LONG).toBe('finished');
      const { params } = await served.ask<CellFacts>('/api/cell?stage=squares&cell=0');
      expect(params).toContainEqual(['n', '4']);
      const { stages } = await served.snapshot();
      expect(stages.every(({ settled, actions }) => settled === actions)).toBe(true);
    } finally {
      watch.kill('SIGINT');
      await ended;
    }
  });

  it('stops the run when the page asks for it, and the watching goes on', async () => {
    const slow = 'stages: { slow: { uses: squares, with: { n: 1, slow: true } } }\n';
    study.write({ 'parts/slow.yaml': slow });
    const before = await runNow();
    const watch = study.start(['watch']);
    const ended = new Promise((resolve) => watch.once('exit', resolve));
    try {
      const isSlow = async () => (await served.snapshot()).stages.find(({ name }) => name === 'slow')?.state;
      await expect.poll(isSlow, LONG).toBe('running');
      const run = await runNow();
      expect(run).toMatchObject({ state: 'running', watched: true });
      expect(run!.id).not.toBe(before!.id);
      expect((await served.act('/api/stop', {})).status).toBe(200);
      await expect.poll(async () => (await runNow())?.state, LONG).toBe('stopped');
      expect(watch.exitCode).toBeNull();
      study.write({ 'parts/slow.yaml': slow.replace('true', 'false') });
      await expect.poll(async () => (await runNow())?.state, LONG).toBe('finished');
      expect((await runNow())!.id).not.toBe(run!.id);
    } finally {
      watch.kill('SIGINT');
      await ended;
    }
  });
});
