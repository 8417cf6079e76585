import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeStage } from '../../src/engine/describe.ts';
import { findKind, kindNames } from '../../src/engine/kindPaths.ts';
import { Kinds, readKindMemory } from '../../src/engine/kinds.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { damagedAtEveryByte } from '../store/damage.ts';
import { temporaryFolders } from '../store/folder.ts';
import { FakeStudy } from './fakes.ts';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolders();

const OWN = `export default {
  summary: 'Own', params: { type: 'object' }, inputs: {}, outputs: { out: { type: 'table' } },
  check: (params) => (params.bad ? [{ path: '/bad', message: 'is bad' }] : []),
  run: () => ({ out: 1 }),
};
`;

/** As few bytes as a kind can have. */
const SHORT = `export default { summary: '', params: {}, inputs: {}, outputs: {}, run() {} };`;

/** A study with a kind of its own; every `open` is a start of its own. */
function fixture(code = OWN) {
  const study = new FakeStudy(folder());
  study.file('stages/own.ts', code);
  const open = () =>
    new Kinds(study.storeRoot, { study: study.root, package: HOME }, new StatCache(study.storeRoot, study.root));
  const bundles = () => readdirSync(join(study.storeRoot, 'kinds')).filter((name) => name.endsWith('.mjs'));
  return { study, open, bundles };
}

describe('Kinds', () => {
  it('tells a kind by its contract, and checks parameters with its own code', async () => {
    const kinds = fixture().open();
    const answer = await kinds.resolve('own');
    if (!('found' in answer)) throw new Error('not found');
    expect(answer.found.summary).toBe('Own');
    expect(answer.found.check?.({ bad: true })).toEqual([{ path: '/bad', message: 'is bad' }]);
  });

  it('knows again whether the schema of a kind is one', async () => {
    const sound = async (params: string) => {
      const { open } = fixture(OWN.replace("{ type: 'object' }", params));
      const found = [];
      for (const kinds of [open(), open()]) {
        const answer = await kinds.resolve('own');
        found.push('found' in answer && answer.found.sound);
      }
      return found;
    };
    expect(await sound("{ type: 'object' }")).toEqual([true, true]);
    expect(await sound("{ type: 'object', minProperties: 'few' }")).toEqual([undefined, undefined]);
    // One that refers to the schema of schemas needs it at hand.
    expect(await sound("{ $ref: 'https://json-schema.org/draft/2020-12/schema' }")).toEqual([undefined, undefined]);
  });

  it('answers for an unknown kind with those that there are', async () => {
    const answer = await fixture().open().resolve('none');
    expect(answer).toMatchObject({ missing: 'none', known: expect.arrayContaining(['own', 'join']) });
  });

  it('remembers a kind between starts', async () => {
    const { open, bundles } = fixture();
    const first = await open().load('own');
    const files = bundles();
    expect(await open().load('own')).toEqual(first);
    expect(bundles()).toEqual(files);
  });

  it('bundles anew after a change, and gives the same digest after a comment', async () => {
    const { study, open } = fixture();
    const first = await open().load('own');
    study.file('stages/own.ts', `// a comment\n${OWN}`);
    const commented = await open().load('own');
    expect(commented?.digest).toBe(first?.digest);
    expect(commented?.sources).not.toEqual(first?.sources);
    study.file('stages/own.ts', OWN.replace('out: 1', 'out: 2'));
    expect((await open().load('own'))?.digest).not.toBe(first?.digest);
  });

  it('bundles anew when the bundle was damaged, at whichever byte, or removed', async () => {
    const { study, open, bundles } = fixture(SHORT);
    const first = (await open().load('own'))!;
    const good = readFileSync(first.bundle);
    for (const damaged of damagedAtEveryByte(good)) {
      writeFileSync(first.bundle, damaged);
      expect(readFileSync((await open().load('own'))!.bundle)).toEqual(good);
    }
    for (const name of bundles()) rmSync(join(study.storeRoot, 'kinds', name));
    expect(readFileSync((await open().load('own'))!.bundle)).toEqual(good);
  });

  it('bundles anew when what it remembers was damaged, at whichever byte', async () => {
    const { study, open } = fixture();
    const first = await open().load('own');
    const kinds = join(study.storeRoot, 'kinds');
    const memory = join(kinds, readdirSync(kinds).find((name) => name.endsWith('.json'))!);
    const good = readFileSync(memory);
    writeFileSync(memory, good.toString().replace('"Own"', '"Odd"'));
    expect(await open().load('own')).toEqual(first);
    expect(readFileSync(memory)).toEqual(good); // it was written anew, not believed
    for (const damaged of damagedAtEveryByte(good)) {
      writeFileSync(memory, damaged);
      expect(readKindMemory(memory)).toBeUndefined();
    }
  });

  it("notices a package's new version, with no lock of what is installed to tell", async () => {
    const { study, open } = fixture(`import { x } from 'pack';\n${OWN.replace('out: 1', 'out: x')}`);
    const pack = (version: string) => {
      study.file('node_modules/pack/package.json', `{ "name": "pack", "version": "${version}", "main": "m.js" }`);
      study.file('node_modules/pack/m.js', 'exports.x = 1;');
    };
    pack('1.0.0');
    const first = await open().load('own');
    pack('1.0.1');
    expect((await open().load('own'))?.digest).not.toBe(first?.digest);
  });

  it('says which file fails, and why, when its code does', async () => {
    const { open } = fixture('throw new Error("early");');
    await expect(open().load('own')).rejects.toThrow('stages/own.ts: its code fails when it is loaded: early');
  });
});

describe('describeStage', () => {
  const whole = { summary: 's', params: {}, inputs: {}, outputs: {}, run: () => ({}) };
  it.each([
    [undefined, 'has no default export that is a stage'],
    [null, 'has no default export that is a stage'],
    [{ ...whole, summary: 1 }, '`summary` is missing'],
    [{ ...whole, params: undefined }, '`params` is missing'],
    [{ ...whole, run: undefined }, '`run` is missing'],
    [{ ...whole, inputs: null }, '`inputs` is missing'],
    [{ ...whole, outputs: undefined }, '`outputs` is missing'],
  ])('of %j says what is missing', (definition, message) => {
    expect(() => describeStage(definition, 'stages/x.ts')).toThrow(`stages/x.ts: ${message}; a kind of stage is`);
  });

  it('takes a kind that combines replicates for one with a seed', () => {
    const stage = { ...whole, replicates: { outputs: { r: { type: 'table' } }, combine: () => ({}) } };
    expect(describeStage(stage, 'x')).toMatchObject({ seeded: true, replicateOutputs: { r: { type: 'table' } } });
    expect(describeStage(whole, 'x')).toMatchObject({ seeded: false, checks: false });
  });
});

describe('a kind is found', () => {
  it("in the study first, then among Driftline's own, and never outside the study", () => {
    const { study } = fixture();
    study.file('stages/join.ts', OWN);
    study.file('../outside.ts', OWN);
    const folders = { study: study.root, package: HOME };
    expect(findKind('join', folders)?.base).toBe(study.root);
    expect(findKind('driftline:join', folders)?.base).toBe(HOME);
    expect(findKind('figure', folders)?.base).toBe(HOME);
    expect(findKind('./stages/own.ts', folders)?.path).toBe(join(study.root, 'stages', 'own.ts'));
    for (const uses of ['none', './none.ts', '../outside.ts', 'driftline:../src/cli/main', '/etc/passwd']) {
      expect(findKind(uses, folders)).toBeUndefined();
    }
    rmSync(join(study.root, '..', 'outside.ts'));
    expect(kindNames(folders)).toEqual([...new Set(kindNames(folders))].sort());
    // Those behind `claims:`, `run:` and gathered tables are nobody's to use.
    expect(kindNames(folders)).not.toEqual(expect.arrayContaining(['claim']));
    expect(kindNames({ study: folders.package, package: folders.package })).not.toEqual(
      expect.arrayContaining(['gather']),
    );
  });
});
