import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { framesIn } from '../../src/engine/frames.ts';
import { Kinds, type LoadedKind } from '../../src/engine/kinds.ts';
import { withPlaces } from '../../src/engine/sourcePlaces.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SOURCE = `
import { throwIt } from './deep/er.ts';

/* a comment
   of two lines */
export default {
  summary: 'Throws', params: {}, inputs: {}, outputs: {},
  async run(): Promise<never> {
    await Promise.resolve();
    return [1].map(() => throwIt('ä'))[0];
  },
};
`;

/** A kind in a study of its own, and what its run threw, as the thread that ran it tells. */
async function failing() {
  const study = folder();
  mkdirSync(join(study, 'stages', 'deep'), { recursive: true });
  writeFileSync(join(study, 'stages', 'throws.ts'), SOURCE);
  writeFileSync(
    join(study, 'stages', 'deep', 'er.ts'),
    '\n\nexport const throwIt = (what: string): never => {\n  throw new RangeError(`it is ${what}`);\n};\n',
  );
  const kinds = new Kinds(
    join(study, '.driftline'),
    { study, package: ROOT },
    new StatCache(join(study, '.driftline'), study),
  );
  const kind = (await kinds.load('throws')) as LoadedKind;
  const address = pathToFileURL(kind.bundle).href;
  // In a process of its own: the test runner imports modules in a way of its own.
  const code = `import('${address}').then((m) => m.default.run({})).catch((error) => console.log(error.stack))`;
  const stack = execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  const frames = framesIn(stack.trimEnd(), address);
  return { study, kind, failure: { kind: 'threw', message: 'it is ä', frames } as const };
}

describe('the calls that led to a failure', () => {
  it('are places in the source files, the innermost with its line', async () => {
    const { kind, failure } = await failing();
    expect(await withPlaces(failure, kind)).toEqual({
      kind: 'threw',
      message: 'it is ä',
      stack: `at throwIt (stages/deep/er.ts:4:9)
    4 | throw new RangeError(\`it is \${what}\`);
at stages/throws.ts:10:26
at run (stages/throws.ts:10:16)`,
    });
  });

  it('are names alone where the source is another one by now', async () => {
    const { study, kind, failure } = await failing();
    writeFileSync(join(study, 'stages', 'deep', 'er.ts'), 'export const throwIt = (): never => { throw 1; };\n');
    expect((await withPlaces(failure, kind)).stack).toBe('at throwIt\nat run');
    writeFileSync(join(study, 'stages', 'deep', 'er.ts'), 'not even a module {');
    expect((await withPlaces({ ...failure }, { ...kind, bundle: `${kind.bundle}?` })).stack).toBe('at throwIt\nat run');
  });

  it('are none where none were told, and the failure stays as it is', async () => {
    const { kind } = await failing();
    const failure = { kind: 'timeout', message: 'took too long' } as const;
    expect(await withPlaces(failure, kind)).toBe(failure);
  });
});
