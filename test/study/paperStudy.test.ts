import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaText } from '../../src/cli/commands/schema.ts';
import { Kinds } from '../../src/engine/kinds.ts';
import { StatCache } from '../../src/store/statCache.ts';
import type { Plan, PlannedStage, Scalar } from '../../src/study/plan.ts';
import { formatProblem } from '../../src/study/problems.ts';
import { readStudy } from '../../src/study/read.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const store = mkdtempSync(join(tmpdir(), 'driftline-paper-'));
const plans = new Map<string, Plan>();

beforeAll(async () => {
  const kinds = new Kinds(store, { study: root, package: root }, new StatCache(store, root));
  for (const profile of ['quick', 'paper']) {
    const study = await readStudy({ root, profile, kinds: kinds.resolve });
    if ('problems' in study) throw new Error(study.problems.map(formatProblem).join('\n\n'));
    plans.set(profile, study.plan);
  }
});

afterAll(() => rmSync(store, { recursive: true, force: true }));

const THRESHOLDS = [2, 3, 4, 6, 8];
const FACTORS = [1.1, 1.5, 2, 3, 4, 6];
const RATES = Array.from({ length: 19 }, (_, k) => (5 * (k + 1)) / 100);

/** The values that a stage's cells have on an axis, in order of appearance. */
const axis = (stage: PlannedStage, name: string): Scalar[] => [...new Set(stage.cells.map((cell) => cell.axes[name]))];

interface Policy {
  readonly kind: string;
  readonly d?: number | string;
  readonly K?: number;
  readonly comparison?: string;
}

const paramsOf = (stage: PlannedStage) =>
  stage.cells.map((cell) => cell.params as unknown as { n: number; lambda: number; events: number; policy: Policy });

describe.each(['quick', 'paper'])('the paper’s study, profile %s', (profile) => {
  const plan = (): Plan => plans.get(profile)!;
  const stage = (name: string): PlannedStage => {
    const found = plan().stages.find((one) => one.name === name);
    if (found === undefined) throw new Error(`the study has no stage ${name}`);
    return found;
  };

  it('draws Figures 1 to 6 in all four formats', () => {
    for (let k = 1; k <= 6; k++) {
      const figure = stage(`figure-${k}`);
      expect(figure.uses).toBe('figure');
      expect(Object.keys(figure.outputs)).toEqual(expect.arrayContaining(['svg', 'png', 'pdf']));
    }
  });

  it('has the paper’s system and grids in Figures 4, 5 and 6', () => {
    expect(axis(stage('tails-additive'), 'C')).toEqual(THRESHOLDS);
    expect(axis(stage('tails-multiplicative'), 'alpha')).toEqual(FACTORS);
    expect(axis(stage('delay-multiplicative'), 'alpha')).toEqual(FACTORS);
    for (const name of ['delay-multiplicative', 'delay-none']) expect(axis(stage(name), 'lambda')).toEqual(RATES);
    // A curve may be drawn from more points than are simulated.
    expect(axis(stage('delay-mean-field'), 'lambda')).toEqual(expect.arrayContaining(RATES));
    expect(stage('delay-multiplicative').cells).toHaveLength(FACTORS.length * RATES.length);
    for (const name of ['tails-additive', 'tails-multiplicative', 'delay-multiplicative']) {
      for (const { n, policy } of paramsOf(stage(name))) {
        expect([n, policy.d, policy.K, policy.comparison ?? 'strict']).toEqual([100, 10, 2, 'strict']);
      }
    }
    for (const name of ['tails-additive', 'tails-multiplicative']) {
      expect(paramsOf(stage(name)).every(({ lambda }) => lambda === 0.75)).toBe(true);
    }
  });

  it('overlays no sharing and the mean field', () => {
    expect(axis(stage('mean-field-additive'), 'C')).toEqual(THRESHOLDS);
    expect(axis(stage('mean-field-multiplicative'), 'alpha')).toEqual(FACTORS);
    expect(paramsOf(stage('mean-field-none')).map(({ policy }) => policy.kind)).toEqual(['none']);
    const sources = (name: string) =>
      Object.values(stage(name).cells[0].inputs).map((input) => (input.from === 'stage' ? input.stage : input.path));
    expect(sources('figure-4-rows')).toEqual(['tails-additive', 'mean-field-additive', 'mean-field-none']);
    expect(sources('figure-5-rows')).toEqual(['tails-multiplicative', 'mean-field-multiplicative', 'mean-field-none']);
    expect(sources('figure-6-rows')).toEqual(['delay-multiplicative', 'delay-mean-field', 'delay-none']);
  });

  it('follows twenty paths at both rates of Figure 3', () => {
    expect(axis(stage('paths'), 'lambda')).toEqual([0.77, 0.79]);
    expect(stage('paths').replicates).toBe(20);
    for (const { n, policy } of paramsOf(stage('paths'))) {
      expect([n, policy]).toEqual([100, { kind: 'abounce', C: 2, d: 10, K: 2 }]);
    }
  });

  it('tests what the paper claims, each with its source', () => {
    const claims = new Map(plan().claims.map((claim) => [claim.id, claim]));
    for (const id of [
      'figure-2-additive-vanishes',
      'figure-2-multiplicative-stays',
      'figure-3-stable',
      'figure-3-unstable',
      'figure-4-lighter-tails',
      'figure-5-lighter-tails',
      'multiplicative-beats-additive',
      'figure-6-delay-reduced',
      'theorem-1-domination',
      'theorem-1-stable',
      'theorem-2-threshold',
      'theorem-2-condition-I',
      'theorem-3-certified',
      'equation-1-conserves',
      'equation-2-conserves',
      'lemma-1-holds',
      'lemma-2-holds',
    ]) {
      expect(claims.get(id)?.source, id).toMatch(/Figure|Theorem|Lemma|equation|§/);
      expect(plan().stages.some(({ name }) => name === `claim:${id}`)).toBe(true);
    }
  });

  it('holds the optimal boundary against both families, and tests it at the paper’s n', () => {
    expect(axis(stage('optimal-boundary'), 'K')).toEqual([2, 3, 4]);
    expect(axis(stage('optimal-thresholds'), 'lambda')).toEqual(
      expect.arrayContaining(axis(stage('contrast-thresholds'), 'lambda')),
    );
    for (const { n, events } of paramsOf(stage('contrast-thresholds'))) {
      expect([n, events]).toEqual([100, profile === 'paper' ? 5e6 : 3e5]);
    }
    const answers = plan().claims.filter(({ source }) => source?.includes('question 2'));
    expect(answers.length).toBeGreaterThanOrEqual(4);
  });

  it('gives every stage a use: a figure, a claim, or another stage reads it', () => {
    const read = new Set(
      plan().stages.flatMap(({ cells }) =>
        cells.flatMap(({ inputs }) =>
          Object.values(inputs).map((input) => (input.from === 'stage' ? input.stage : '')),
        ),
      ),
    );
    // Shown in the report for themselves.
    for (const name of ['exact-thresholds', 'settling', 'threshold-mean-field']) read.add(name);
    const unread = plan().stages.filter(
      ({ name, uses }) => uses !== 'figure' && uses !== 'driftline:claim' && !read.has(name),
    );
    expect(unread.map(({ name }) => name)).toEqual([]);
  });
});

it('runs 2·10⁷ events in each of 20 replicates under the paper profile', () => {
  const simulated = ['tails-additive', 'tails-multiplicative', 'delay-multiplicative', 'delay-none'];
  const stages = plans.get('paper')!.stages.filter(({ name }) => simulated.includes(name));
  expect(stages.map(({ replicates }) => replicates)).toEqual([20, 20, 20, 20]);
  for (const stage of stages) expect(paramsOf(stage).every(({ events }) => events === 2e7)).toBe(true);
});

it('has the same stages, axes and claims in both profiles: only their sizes differ', () => {
  const shape = (plan: Plan) => ({
    stages: plan.stages.map(({ name, cells }) => [name, cells.map(({ id }) => id)]),
    claims: plan.claims,
  });
  expect(shape(plans.get('quick')!)).toEqual(shape(plans.get('paper')!));
});

describe('the committed schema of studies', () => {
  it('is what `driftline schema` prints', async () => {
    // Made by: bin/driftline schema > schema/study.schema.json
    expect(readFileSync(join(root, 'schema/study.schema.json'), 'utf8')).toBe(await schemaText(root));
  });
});
