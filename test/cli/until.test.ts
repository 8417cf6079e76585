import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { temporaryFolders } from '../store/folder.ts';
import { events, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

/** Draws a number from its seed: 10 more or less a little, which shrinks with `calm`. */
const DRAW = `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';

export default defineStage({
  summary: 'A number by chance',
  params: Type.Object({ calm: Type.Number() }, { additionalProperties: false }),
  inputs: {},
  outputs: { mean: table({ mean: 'float64', replicates: 'int32', looks: 'int32' }) },
  replicates: {
    outputs: { one: table({ value: 'float64' }) },
    combine({ replicates: { one }, looks }) {
      const values = one.map(({ columns }) => Number(columns.value[0]));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return { mean: { mean: [mean], replicates: [values.length], looks: [looks.length] } };
    },
  },
  run: ({ params: { calm }, seed }) => ({ one: { value: [10 + (Number.parseInt(seed.slice(0, 8), 16) / 2 ** 32 - 0.5) / calm] } }),
});
`;

const STUDY = `driftline: 1
study: As many as it takes
params: { width: 0.02, most: 12 }
stages:
  draws:
    uses: draw
    matrix: { calm: [1, 100] }
    replicates:
      min: 3
      max: \${params.most}
      until: { metric: value, relativeHalfWidth: "\${params.width}" }
    with: { calm: "\${matrix.calm}" }
  rows:
    uses: join
    inputs: { means: draws.mean, decisions: draws.decisions }
    with: { from: decisions, verbs: [{ join: { with: means, on: [calm] } }] }
claims:
  enough:
    says: The calm draws need no more than the first look
    test: { rows: rows.table, every: "d => d.replicates_1 == 3", where: "d => d.calm == 100" }
`;

let study: TemporaryStudy;
const at = (...path: string[]): string => join(study.root, ...path);
const json = async (...args: string[]) => JSON.parse((await study.driftline(...args, '--json')).out);
const rows = async (target: string) => (await json('show', target)).rows;
/** Digests of the tables in out/. */
const tables = (root: string): Record<string, string> => {
  const folder = join(root, 'out', 'tables');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, sha256(readFileSync(join(folder, name)))]));
};

beforeAll(async () => {
  study = new TemporaryStudy(folder(), { 'pipeline.yaml': STUDY, 'stages/draw.ts': DRAW });
});

describe('a study with until', () => {
  it('is forecast, run, and then has nothing to do', async () => {
    const before = await json('plan');
    const states = Object.fromEntries(before.actions.map(({ target, state }: never) => [target, state]));
    expect((await study.driftline('why', 'draws[calm=1]#3')).out).toMatch(
      /^draws\[calm=1\]#3: runs if draws\[calm=1\]#look1, which is to run, asks for more replicates/,
    );
    expect(states).toMatchObject({ 'draws[calm=1]#2': 'run', 'draws[calm=1]#3': 'depends', 'draws[calm=100]': 'run' });

    const { code, out } = await study.driftline('run', '--lock', '--json');
    expect(code).toBe(0);
    const executed = events(out).flatMap(({ type, target }) => (type === 'action-finished' ? [target] : []));
    expect(executed).toEqual(expect.arrayContaining(Object.keys(states).filter((target) => states[target] === 'run')));
    const refused = events(out).filter(({ type }) => type === 'action-not-needed');
    expect(refused.map(({ target }) => target)).toContain('draws[calm=100]#11');
    expect(refused.filter(({ target }) => target.startsWith('draws[calm=100]')).map(({ because }) => because)).toEqual(
      refused.flatMap(({ target }) => (target.startsWith('draws[calm=100]') ? ['draws[calm=100]#look1'] : [])),
    );
    expect(events(out).at(-1)).toMatchObject({ type: 'run-finished', notNeeded: refused.length, skipped: 0 });

    const after = await json('plan');
    expect(after.counts).toMatchObject({ run: 0, depends: 0, 'not-needed': refused.length });
    const [first, second] = [await study.driftline('run'), await study.driftline('run')];
    expect(first.out).toContain('1 supported');
    expect(second.out).toBe(first.out);
    expect(first.out).toMatch(/^Nothing had to run/m);
    const [{ done, total }] = (await json('status')).stages;
    expect(done).toBe(total);
  });

  it('shows its decisions: in the terminal, in out/, in the report, and to other stages', async () => {
    const decisions = await rows('draws.decisions');
    expect(decisions.filter(({ calm }: { calm: number }) => calm === 100)).toMatchObject([
      { look: 1, replicates: 3, confidence: expect.closeTo(0.97613, 5), verdict: 'stop' },
    ]);
    const last = decisions.filter(({ calm }: { calm: number }) => calm === 1).at(-1);
    expect(last.relative).toBeCloseTo(last.halfWidth / last.mean, 12);
    expect(['stop', 'max reached']).toContain(last.verdict);
    const means = await rows('draws.mean');
    expect(means.map(({ replicates, looks }: never) => [replicates, looks])).toEqual([
      [last.replicates, 4],
      [3, 4],
    ]);
    expect(await rows('rows.table')).toHaveLength(decisions.length);
    expect(readFileSync(at('out/tables/draws.decisions.csv'), 'utf8')).toMatch(/^calm,look,replicates,mean,/);
    const report = readFileSync(at('out/report/index.html'), 'utf8');
    expect(report).toContain('id="table-draws.decisions"');
    expect(report).toContain('3–12');
    expect((await study.driftline('graph')).out).toContain('draws × 2 × 3–12');
  });

  it('says of a replicate that was not needed which look decided it, and what it found', async () => {
    const { out } = await study.driftline('why', 'draws[calm=100]#7');
    expect(out).toMatch(/^draws\[calm=100\]#7: not needed, for draws\[calm=100\]#look1 found .* enough$/m);
    expect(out).toMatch(
      /^ {2}3 replicates: mean [\d.]+ ± [\d.]+ at confidence 0\.9761, which is [\d.]+ % of the mean$/m,
    );
    expect(await json('why', 'draws[calm=100]#7')).toMatchObject({
      notNeeded: [{ by: 'draws[calm=100]#look1', decision: { replicates: 3, verdict: 'stop' } }],
    });
    expect((await study.driftline('why', 'draws[calm=100]#look1')).out).toMatch(/^ {2}3 replicates: mean .*: stop$/m);
    const shown = await study.driftline('show', 'draws[calm=100]#7');
    expect([shown.code, shown.err]).toEqual([1, expect.stringContaining('is not needed, so it has no result')]);
    // Nine of a cell, not once each.
    expect((await study.driftline('why', 'draws')).out).toMatch(
      /^ {2}\d+, such as draws\[calm=100\]#3, for draws\[calm=100\]#look1 found the replicates before them enough$/m,
    );
    const first = (await json('why', 'draws.decisions')).made[0].roots.map(({ cause: { kind } }: never) => kind);
    expect(first).toEqual(['first']);
    expect((await study.driftline('plan')).out).toMatch(/^draws .* cached {2}\d+ not needed$/m);
    expect((await study.driftline('run', 'draws[calm=100]#7')).out).toMatch(/^Nothing had to run/m);
  });

  it('is verified and locked, with its decisions', async () => {
    expect(readFileSync(at('driftline.lock'), 'utf8')).toMatch(/draws\.decisions/);
    const { recomputed, lock, store } = await json('verify', '--all');
    expect([store.state, lock.state, recomputed.outdated]).toEqual(['whole', 'same', 0]);
    expect(recomputed.results.map(({ target }: never) => target)).toContain('draws[calm=1]#look1');
    expect(new Set(recomputed.results.map(({ state }: never) => state))).toEqual(new Set(['same']));
    expect((await study.driftline('run', '--locked')).code).toBe(0);
  });

  it('runs no replicate again for another width, and gives up by gc what is then needed no more', async () => {
    const rule = { kind: 'rule', path: 'until.relativeHalfWidth', from: 0.02, to: 0.5 };
    // Which replicates there are to combine is not known before the looks: the rule is all that is known to differ.
    for (const target of ['draws', 'draws.mean', 'draws[calm=1]', 'draws[calm=1]#4', 'rows']) {
      expect((await json('why', target, '--set', 'width=0.5')).pending.roots).toMatchObject([{ cause: rule }]);
    }
    const wider = events((await study.driftline('run', '--json', '--set', 'width=0.5')).out);
    const executed = wider.flatMap(({ type, target }) => (type === 'action-finished' ? [target] : []));
    expect(executed.length).toBeGreaterThan(0);
    expect(executed.filter((target) => /#\d+$/.test(target))).toEqual([]);
    const made = (await json('why', 'draws.decisions', '--set', 'width=0.5')).made[0].roots;
    expect(made.map(({ cause: { kind, change } }: never) => [kind, change])).toEqual([
      ['look', 'gone'],
      ['rule', undefined],
    ]);
    const text = readFileSync(at('pipeline.yaml'), 'utf8');
    writeFileSync(at('pipeline.yaml'), text.replace('width: 0.02', 'width: 0.5'));
    rmSync(at('driftline.lock'));
    const gc = await json('gc', '--keep-runs', '1', '--grace', '0', '--yes');
    const removed = gc.records.map(({ target }: { target: string }) => target);
    expect(removed).toEqual(expect.arrayContaining(['draws[calm=1]#3', 'draws[calm=1]#look2']));
    expect(removed).not.toContain('draws[calm=1]#2');
    expect(events((await study.driftline('run', '--json')).out).at(-1)).toMatchObject({ executed: 0, failed: 0 });
    writeFileSync(at('pipeline.yaml'), text);
  });

  it('gives the same bytes with any number of workers, and after it was killed on its way', async () => {
    const files = { 'pipeline.yaml': STUDY, 'stages/draw.ts': DRAW };
    const [one, killed] = [new TemporaryStudy(folder(), files), new TemporaryStudy(folder(), files)];
    expect((await study.driftline('run')).code).toBe(0);
    expect((await one.driftline('run', '--jobs', '1')).code).toBe(0);
    expect(tables(one.root)).toEqual(tables(study.root));
    const child = killed.start(['run', '--jobs', '3', '--json']);
    let seen = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
      if (seen.split('action-finished').length > 4) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect((await killed.driftline('run', '--jobs', '2')).code).toBe(0);
    expect(tables(killed.root)).toEqual(tables(study.root));
  });
});
