import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { crateSources, HOME } from '../../src/cli/crateSources.ts';
import type { Session } from '../../src/cli/session.ts';
import { Kinds, type LoadedKind } from '../../src/engine/kinds.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { temporaryFolders } from '../store/folder.ts';
import { SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const home = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The sources of a study that uses these kinds and says nothing else. */
async function sourcesOf(studyRoot: string, ...uses: string[]) {
  const store = folder();
  const stats = new StatCache(store, studyRoot);
  const loader = new Kinds(store, { study: studyRoot, package: `${home}/` }, stats);
  const kinds = new Map<string, LoadedKind>();
  for (const name of uses) kinds.set(name, (await loader.load(name))!);
  const plan = { sources: {}, chapters: [], stages: [] };
  return crateSources({ studyRoot, plan, kinds, stats } as unknown as Session);
}

describe('the sources of a crate', () => {
  it('hold the code of built-in kinds in a folder of its own, also where the study is that of this package', async () => {
    for (const root of [home, folder()]) {
      const { files, kinds } = await sourcesOf(root, 'driftline:simulate', 'driftline:figure');
      expect(kinds.get('driftline:simulate')!.main).toBe(`${HOME}/stages/simulate.ts`);
      for (const { main, sources } of kinds.values()) {
        expect(sources).toContain(main);
        expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining([...sources]));
      }
      const inHome = files.filter(({ path }) => path.startsWith(`${HOME}/`));
      expect(inHome.length).toBeGreaterThan(20);
      for (const file of inHome) {
        const bytes = readFileSync(join(home, file.path.slice(HOME.length + 1)));
        expect([file.path, file.sha256, file.bytes]).toEqual([file.path, sha256(bytes), bytes.length]);
        expect(Buffer.from(file.read()).equals(bytes)).toBe(true);
      }
      // What stands beside the study, and of this package only its README and licence.
      const beside = files.filter((file) => !inHome.includes(file)).map(({ path }) => path);
      expect(beside).toEqual(root === home ? ['LICENSE', 'README.md'] : []);
    }
  });

  it("hold a study's own kind where it stands, and of this package what it imports", async () => {
    const study = new TemporaryStudy(folder(), {
      ...SMALL,
      'stages/drawn.ts': `import { streamUniform } from 'driftline/science/random/uniform';
export default { summary: 'D', params: {}, inputs: {}, seeded: true, outputs: { t: { type: 'table', schema: { x: 'float64' } } }, run: ({ seed }) => ({ t: { x: [streamUniform(seed, 'x')()] } }) };
`,
      'package.json': '{}',
    });
    const { files, kinds } = await sourcesOf(study.root, 'drawn');
    expect(kinds.get('drawn')!.main).toBe('stages/drawn.ts');
    expect(kinds.get('drawn')!.sources).toEqual(
      expect.arrayContaining(['stages/drawn.ts', `${HOME}/src/science/random/uniform.ts`]),
    );
    expect(files.map(({ path }) => path)).toContain('package.json');
  });

  it('are not handed out where a file was changed in the meantime', async () => {
    const study = new TemporaryStudy(folder(), SMALL);
    const { files } = await sourcesOf(study.root, 'squares');
    study.write({ 'stages/squares.ts': '// another\n' });
    const changed = files.find(({ path }) => path === 'stages/squares.ts')!;
    expect(() => changed.read()).toThrow('was changed while it was exported');
  });
});
