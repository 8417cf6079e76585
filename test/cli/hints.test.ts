import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { studyFolders } from '../../src/cli/watching/folders.ts';
import { Hints } from '../../src/cli/watching/hints.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();
let hints: Hints;
afterEach(() => hints?.close());

/** Whether there is a sign within so many milliseconds. */
async function sign(milliseconds: number): Promise<boolean> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), milliseconds);
  await hints.next(late.signal);
  clearTimeout(timer);
  return !late.signal.aborted;
}

describe('signs of a change', () => {
  it('come for a file that is written, replaced, removed or new, many at once as one', async () => {
    const root = folder();
    hints = new Hints();
    hints.watch([root], []);
    const changes = [
      () => writeFileSync(join(root, 'a.yaml'), 'a'),
      () => appendFileSync(join(root, 'a.yaml'), 'b'),
      () => {
        writeFileSync(join(root, '.a.yaml.swp'), 'c');
        renameSync(join(root, '.a.yaml.swp'), join(root, 'a.yaml'));
      },
      () => {
        for (let file = 0; file < 50; file++) writeFileSync(join(root, `${file}.csv`), 'x');
      },
      () => rmSync(join(root, 'a.yaml')),
    ];
    for (const change of changes) {
      change();
      expect(await sign(20_000)).toBe(true);
      let more = 0;
      while (await sign(300)) more++;
      expect(more).toBeLessThan(10); // on a busy machine the system tells of it bit by bit
    }
  });

  it('come for a folder that took the place of another', async () => {
    const root = folder();
    const data = join(root, 'data');
    mkdirSync(data);
    hints = new Hints();
    hints.watch([root, data], []);
    rmSync(data, { recursive: true });
    mkdirSync(data);
    expect(await sign(20_000)).toBe(true);
    hints.watch([root, data], []);
    await sleep(200); // for what there is still to say of the old one
    await sign(200);
    writeFileSync(join(data, 'a.csv'), 'x');
    expect(await sign(20_000)).toBe(true);
  });

  it('come for a file in a folder of which the system tells nothing', async () => {
    const root = folder();
    const path = join(root, 'a.yaml');
    writeFileSync(path, 'a');
    hints = new Hints();
    hints.watch([], [path]);
    writeFileSync(path, 'ab');
    expect(await sign(20_000)).toBe(true);
  });

  it('do not come for what editors leave for a moment', async () => {
    const root = folder();
    hints = new Hints();
    hints.watch([root], []);
    for (const name of ['.a.yaml.swp', 'a.yaml~', '4913', '#a.yaml#', '.#a.yaml']) writeFileSync(join(root, name), '');
    expect(await sign(400)).toBe(false);
  });

  it('are waited for in the folders of a study, without what Driftline writes, packages and what is hidden', () => {
    const root = folder();
    for (const path of ['a/b', 'out/tables', '.git/refs', 'node_modules/x', 'a/node_modules']) {
      mkdirSync(join(root, path), { recursive: true });
    }
    expect(studyFolders(root, [join(root, 'out')])).toEqual([root, join(root, 'a'), join(root, 'a', 'b')]);
  });
});
