import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastRun, type RunRecord, writeRun } from '../../src/store/runs.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

const run = (id: string): RunRecord => ({
  id,
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  profile: null,
  jobs: 2,
  counts: { executed: 1, cached: 0, failed: 0, skipped: 0 },
  actions: [{ target: 'stage', key: 'k', status: 'executed', seconds: 1 }],
});

describe('runs', () => {
  it('are none in a new store', () => {
    expect(lastRun(folder())).toBeUndefined();
  });

  it('give the newest by name', () => {
    const root = folder();
    for (const id of ['2026-02', '2026-01']) writeRun(root, run(id));
    expect(lastRun(root)).toEqual(run('2026-02'));
  });

  it('pass over a damaged journal', () => {
    const root = folder();
    for (const id of ['2026-01', '2026-02']) writeRun(root, run(id));
    const path = join(root, 'runs', '2026-02.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"executed":1', '"executed":9'));
    expect(lastRun(root)?.id).toBe('2026-01');
  });
});
