import { describe, expect, it } from 'vitest';
import { keepJournal } from '../../src/cli/journal.ts';
import { type RunRecord, runIds } from '../../src/store/runs.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();

const run = (id: string, executed: number, keys: Readonly<Record<string, string>>, lambda = 0.75): RunRecord => ({
  id,
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  profile: null,
  jobs: 2,
  counts: { executed, cached: 0, failed: 0, skipped: 0 },
  actions: Object.entries(keys).map(([target, key]) => ({ target, key, status: 'executed', seconds: 1 })),
  study: { targets: [], seed: 's', params: { lambda }, stages: { a: { uses: 'simulate' } } },
});

describe('the journal of a run', () => {
  it('is kept when the run did something', () => {
    const root = folder();
    expect(keepJournal(root, run('1', 1, { a: 'x' }))).toBe('1');
    expect(keepJournal(root, run('2', 1, { a: 'x' }))).toBe('2');
    expect(runIds(root)).toEqual(['1', '2']);
  });

  it('is that of the newest earlier run with its results when there was nothing to do', () => {
    const root = folder();
    for (const [id, key] of [
      ['1', 'x'],
      ['2', 'x'],
      ['3', 'y'],
    ]) {
      keepJournal(root, run(id, 1, { a: key, b: key }));
    }
    expect(keepJournal(root, run('4', 0, { a: 'x', b: 'x' }))).toBe('2');
    expect(keepJournal(root, run('5', 0, { b: 'y' }))).toBe('3');
    expect(runIds(root)).toHaveLength(3);
  });

  it('is kept of a run with nothing to do whose results no journal has together, or has for other parameters', () => {
    const root = folder();
    keepJournal(root, run('1', 1, { a: 'x', b: 'x' }));
    keepJournal(root, run('2', 1, { a: 'y', b: 'y' }));
    expect(keepJournal(root, run('3', 0, { a: 'x', b: 'y' }))).toBe('3');
    expect(keepJournal(root, run('4', 0, { a: 'x', b: 'x' }, 0.8))).toBe('4');
    expect(runIds(root)).toEqual(['1', '2', '3', '4']);
  });
});
