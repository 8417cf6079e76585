import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ProgressNotes } from '../../../src/executors/slurm/progressNotes.ts';
import { listResults } from '../../../src/executors/slurm/resultFiles.ts';
import { temporaryFolders } from '../../store/folder.ts';

const folder = temporaryFolders();

/** What a job that is at 1/100 more each second leaves to be seen, and when it was changed. */
function told(jobs: number, seconds: number, batch = folder()): { seen: readonly object[]; changes: number[] } {
  mkdirSync(join(batch, 'results'));
  const notes = new ProgressNotes(batch, { element: 3, attempt: 1, jobs }, 0);
  const changes: number[] = [];
  let last = '[]';
  for (let second = 1; second <= seconds; second++) {
    notes.tell(0, second / 100, 1000 * second);
    const now = JSON.stringify(listResults(batch).progress);
    if (now !== last) changes.push(second);
    last = now;
  }
  const seen = listResults(batch).progress;
  notes.clear();
  expect(listResults(batch).progress).toEqual([]);
  return { seen, changes };
}

it('a job tells how far it is by one name, which is no record', () => {
  expect(told(1, 40).seen).toEqual([{ element: 3, attempt: 1, at: 0, fraction: 0.36 }]);
});

it('jobs tell less often the more there are of them, and short ones not at all', () => {
  expect(told(1, 5).changes).toEqual([]);
  expect(told(1, 20).changes).toEqual([6, 12, 18]);
  expect(told(500, 100).changes).toEqual([30, 60, 90]);
});

it('what says nothing of how far it is tells nothing, and a folder that is gone is no trouble', () => {
  const batch = folder();
  mkdirSync(join(batch, 'results'));
  const notes = new ProgressNotes(batch, { element: 0, attempt: 0, jobs: 1 }, 0);
  notes.tell(0, 0, 60_000);
  expect(listResults(batch).progress).toEqual([]);
  notes.tell(0, 0.5, 60_000);
  expect(listResults(batch).progress).toHaveLength(1);
  rmSync(join(batch, 'results'), { recursive: true });
  notes.tell(0, 0.6, 90_000);
  notes.clear();
  expect(listResults(batch)).toEqual({ records: [], progress: [] });
});
