import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { SMALL, TemporaryStudy } from '../cli/study.ts';
import { violations } from '../crate/rules.ts';
import { temporaryFolders } from '../store/folder.ts';

const text = readFileSync(fileURLToPath(new URL('../../docs/exporting.md', import.meta.url)), 'utf8');
const folder = temporaryFolders();
const study = new TemporaryStudy(join(folder(), 'study'), {
  ...SMALL,
  'pipeline.yaml': SMALL['pipeline.yaml'].replace('large:', 'paper:'),
});
/** The commands of each block, without their comments, in words. */
const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) =>
  block
    .trim()
    .split('\n')
    .map((line) =>
      [...line.replace(/ +#.*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word),
    ),
);

beforeAll(async () => {
  for (const profile of [[], ['--profile', 'paper']]) expect((await study.driftline('run', ...profile)).code).toBe(0);
});

describe('the guide to exporting', () => {
  it('shows commands that export, each to another place', async () => {
    const exports = blocks[0].filter(([, command]) => command === 'export');
    expect(exports).toHaveLength(5);
    for (const [, command, place, ...options] of exports) {
      const { code, err } = await study.driftline(command, join(folder(), place), ...options);
      expect([options, code, err]).toEqual([options, 0, '']);
    }
  });

  it('shows how to compute it again, and names what is in it', async () => {
    const crate = new TemporaryStudy(join(folder(), 'crate'));
    expect((await study.driftline('export', crate.root)).code).toBe(0);
    expect(violations(crate.root)).toEqual([]);
    const named = [...text.matchAll(/^\| `([^`<]+)`/gm)]
      .map(([, path]) => path)
      .filter((path) => path !== '.driftline/');
    expect(named).toContain('driftline.lock');
    for (const path of named.filter((each) => !/^[A-Z]/.test(each))) {
      expect([path, existsSync(join(crate.root, path))]).toEqual([path, true]);
    }
    expect(blocks[1]).toHaveLength(2);
    for (const [, ...words] of blocks[1]) expect(await crate.driftline(...words)).toMatchObject({ code: 0 });
  });
});
