import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { claimsTold, copied, exampleNames, readmeOf, verdictsOf } from './copied.ts';

const folder = temporaryFolders();

const FIGURES: Readonly<Record<string, readonly string[]>> = {
  // Built-in kinds alone, named as driftline:…, from a folder with no code.
  'looking-around': ['delay-by-looks', 'load-by-looks'],
  // A data file, a program in Python, a kind in TypeScript, and Arquero's joins.
  'speed-of-light': ['averages-and-truth', 'measurements'],
};

describe('the example studies', () => {
  it('are those that are tested', () => {
    expect(exampleNames()).toEqual(Object.keys(FIGURES));
  });

  it.each(Object.entries(FIGURES))(
    '%s gives its figures, and under fewer repetitions the verdicts of its README',
    async (name, figures) => {
      const study = copied(name, folder());
      const { code, err } = await study.driftline('run', '--profile', 'quick');
      if (code !== 0) throw new Error(err);
      for (const figure of figures) expect(existsSync(join(study.root, 'out', 'figures', `${figure}.svg`))).toBe(true);
      const told = claimsTold(readmeOf(name)).map(({ id, verdict }) => [id, verdict]);
      expect(told.length).toBeGreaterThan(3);
      expect(verdictsOf(study).map(({ id, verdict }) => [id, verdict])).toEqual(told);
    },
  );
});
