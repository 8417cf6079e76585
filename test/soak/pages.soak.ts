import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fencesOf } from '../docs/fences.ts';
import { ROOT } from '../docs/instrumented.ts';
import { follow, Reader } from '../docs/session.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();

// The tutorial is followed by package.soak.ts, with the packed Driftline.
it('the recipes work, in their order, and print what is shown', () => {
  const page = readFileSync(join(ROOT, 'docs/how-to.md'), 'utf8');
  expect(follow(new Reader(folder()), fencesOf(page))).toEqual([]);
});
