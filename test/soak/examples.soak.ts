import { describe, expect, it } from 'vitest';
import { claimsTold, copied, exampleNames, readmeOf, verdictsOf } from '../examples/copied.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();

describe('the example studies, run as their READMEs say', () => {
  it.each(exampleNames())('%s finds the numbers that its README tells', async (name) => {
    const study = copied(name, folder());
    const { code, err } = await study.driftline('run');
    if (code !== 0) throw new Error(err);
    const told = claimsTold(readmeOf(name));
    const found = verdictsOf(study);
    expect(found.map(({ id }) => id)).toEqual(told.map(({ id }) => id));
    for (const [at, { id, verdict, numbers }] of told.entries()) {
      expect([id, found[at].verdict]).toEqual([id, verdict]);
      for (const [word, text] of Object.entries(numbers)) {
        const digits = text.split('.')[1]?.length ?? 0;
        expect([id, word, found[at].numbers[word].toFixed(digits)]).toEqual([id, word, text]);
      }
    }
  });
});
