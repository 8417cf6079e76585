import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Kinds } from '../../src/engine/kinds.ts';
import { PlanCache, type PlanRequest } from '../../src/engine/planCache.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { StatCache } from '../../src/store/statCache.ts';
import type { Plan } from '../../src/study/plan.ts';
import { damagedAtEveryByte } from '../store/damage.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, FakeStudy, planOf, stage } from './fakes.ts';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolders();
const KIND = `export default { summary: 's', params: {}, inputs: {}, outputs: {}, run: () => ({}) };`;
const request: PlanRequest = { version: '1', file: 'pipeline.yaml', profile: null, set: {} };

async function fixture({ main = 'include: [parts/*.yaml]' } = {}) {
  const study = new FakeStudy(folder());
  const files: Record<string, string> = { 'pipeline.yaml': main, 'parts/a.yaml': 'stages: {}' };
  for (const [path, text] of Object.entries(files)) study.file(path, text);
  study.file('data.csv', 'x\n');
  study.file('stages/fake.ts', KIND);
  const program = { argv: ['sh', 'fit.sh'], shell: false, code: [], formats: {}, outputs: {}, env: {} };
  const plan: Plan = {
    ...planOf([
      stage('a', [cell({}, { x: -0 }, { rows: './data.csv' })]),
      stage('p', [cell({}, {}, {}, { program })], { place: { file: 'parts/a.yaml', line: 1, column: 1 } }),
    ]),
    sources: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sha256(text)])),
  };
  const open = () => {
    const stats = new StatCache(study.storeRoot, study.root);
    const kinds = new Kinds(study.storeRoot, { study: study.root, package: HOME }, stats);
    const cache = new PlanCache(study.storeRoot, study.root, stats);
    return {
      recall: (more: Partial<PlanRequest> = {}) => cache.recall({ ...request, ...more }, kinds),
      remember: () => cache.remember(request, plan, kinds),
    };
  };
  const remembered = await open().remember();
  return { study, open, remembered };
}

describe('PlanCache', () => {
  it('recalls what it remembered: the very plan that remembering returned', async () => {
    const { open, remembered } = await fixture();
    const recalled = await open().recall();
    expect(recalled).toEqual(remembered);
    expect(recalled?.stages[0].cells[0].params).toEqual({ x: 0 });
  });

  it.each([
    ['an edited file', (study: FakeStudy) => study.file('parts/a.yaml', 'stages: { b: {} }')],
    ['a new file where an include looks', (study: FakeStudy) => study.file('parts/b.yaml', 'stages: {}')],
    ['a removed file', (study: FakeStudy) => rmSync(join(study.root, 'parts', 'a.yaml'))],
    ['a changed kind', (study: FakeStudy) => study.file('stages/fake.ts', KIND.replace("'s'", "'t'"))],
    ['an input that is gone', (study: FakeStudy) => rmSync(join(study.root, 'data.csv'))],
    ["a program's word that became a file", (study: FakeStudy) => study.file('parts/fit.sh', 'echo')],
  ])('forgets after %s', async (_, change) => {
    const { study, open } = await fixture();
    change(study);
    expect(await open().recall()).toBeUndefined();
  });

  it.each([
    ['another profile', { profile: 'quick' }],
    ['another --set', { set: { n: '1' } }],
    ['another main file', { file: 'other.yaml' }],
    ['another version', { version: '2' }],
  ])('does not take the plan for %s', async (_, more) => {
    expect(await (await fixture()).open().recall(more)).toBeUndefined();
  });

  it('does not mind results beside the study, nor changed data', async () => {
    const { study, open } = await fixture();
    study.file('out/tables/a.csv', 'x\n');
    study.file('data.csv', 'y\n');
    expect(await open().recall()).toBeDefined();
  });

  it('looks into all folders where the include does', async () => {
    const { study, open } = await fixture({ main: 'include: [parts/**/*.yaml]' });
    expect(await open().recall()).toBeDefined();
    study.file('parts/deep/er/b.yaml', 'stages: {}');
    expect(await open().recall()).toBeUndefined();
  });

  it('forgets what was damaged, at whichever byte', async () => {
    const { study, open, remembered } = await fixture();
    const plans = join(study.storeRoot, 'plans');
    const path = join(plans, readdirSync(plans)[0]);
    const whole = readFileSync(path);
    const { recall } = open();
    for (const damaged of damagedAtEveryByte(whole)) {
      writeFileSync(path, damaged);
      expect(await recall()).toBeUndefined();
    }
    writeFileSync(path, whole);
    expect(await recall()).toEqual(remembered);
  });
});
