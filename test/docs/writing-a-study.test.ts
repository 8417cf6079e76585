import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Kinds } from '../../src/engine/kinds.ts';
import { readSpec } from '../../src/figures/readSpec.ts';
import { StatCache } from '../../src/store/statCache.ts';
import type { Plan } from '../../src/study/plan.ts';
import { readStudy } from '../../src/study/read.ts';
import { TemporaryStudy } from '../cli/study.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs/writing-a-study.md'), 'utf8');
const blocks = [...text.matchAll(/```(?:yaml|ts)\n(?:#|\/\/) (file|fragment): (\S+)\n([\s\S]*?)```/g)];
const blocksOf = (sort: string) =>
  new Map(blocks.filter((block) => block[1] === sort).map((block) => [block[2]!, block[3]!]));
const files = blocksOf('file');
const fragments = blocksOf('fragment');
const folders: string[] = [];

/** Reads a study made of the guide's files and those given; throws what is wrong with it. */
async function planOf(more: Readonly<Record<string, string>> = {}): Promise<Plan> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-guide-'));
  folders.push(folder);
  for (const [path, content] of [...files, ...Object.entries(more)]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const store = join(folder, '.driftline');
  const kinds = new Kinds(store, { study: folder, package: root }, new StatCache(store, folder));
  const read = await readStudy({ root: folder, profile: 'quick', kinds: kinds.resolve });
  if ('problems' in read) throw new Error(JSON.stringify(read.problems, null, 2));
  return read.plan;
}

const indented = (content: string, by: number) => content.replace(/^(?=.)/gm, ' '.repeat(by));

const fragment = (name: string, by: number) => `\n${indented(fragments.get(name) ?? 'missing:', by)}`;

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the guide to writing a study', () => {
  it('shows a whole study that is valid', async () => {
    const plan = await planOf();
    expect(plan.stages.map(({ name, cells }) => [name, cells.length])).toEqual([
      ['exact-delay', 5],
      ['simulated-delay', 5],
      ['delay-rows', 1],
      ['delay', 1],
      ['claim:sharing-shortens-delay', 1],
    ]);
    expect(plan.params).toMatchObject({ events: 1e5, replicates: 4 });
  });

  it('shows a matrix, inputs, verbs, a claim, a program, settings and a kind that are valid', async () => {
    const plan = await planOf({
      'experiments/measured.csv': 'C,delay\n2,4.1\n',
      'experiments/fit.py': '',
      'experiments/helpers.py': '',
      'experiments/more.yaml': `stages:
  own-kind:
    uses: mm1
    matrix:${fragment('matrix', 6)}
    with: { lambda: "\${matrix.lambda}" }
${indented(fragments.get('settings') ?? '', 4)}
${indented(fragments.get('cluster') ?? 'missing:', 4)}
${indented(fragments.get('until') ?? '', 2)}
  summary:
    uses: join
    inputs: { rows: delay-rows.table }
    with:
      verbs:${fragment('verbs', 8)}
  several:
    uses: join
    inputs:${fragment('inputs', 6)}
    with: { from: chosen, verbs: [{ join_left: { with: measured, on: [C] } }, { cross: { with: simulated } }] }
  fit:${fragment('stage', 4)}
claims:
  guide:${fragment('claim', 4)}
`,
    });
    const cells = (name: string) => plan.stages.find((stage) => stage.name === name)?.cells;
    // 7 thresholds × 19 rates × (1 + 2) slopes × 2 sizes, less C = 2 at λ = 0.95, and one point more
    expect(cells('own-kind')).toHaveLength(7 * 19 * 3 * 2 - 3 * 2 + 1);
    expect(plan.stages.find(({ name }) => name === 'precise-delay')).toMatchObject({
      replicates: 20,
      until: { min: 4 },
    });
    expect(plan.stages.find(({ name }) => name === 'own-kind')?.executor).toEqual({
      kind: 'slurm',
      job: { partition: 'main', time: 3600 },
    });
    expect(cells('fit')?.[0]?.program?.code).toEqual(['experiments/fit.py', 'experiments/helpers.py']);
    expect(plan.claims.map(({ id }) => id).sort()).toEqual(['guide', 'sharing-shortens-delay']);
  });

  it('shows replicates that stop when an interval is narrow enough, as a run of them does', async () => {
    const more = { 'experiments/more.yaml': `stages:\n${indented(fragments.get('until') ?? '', 2)}` };
    const folder = mkdtempSync(join(tmpdir(), 'driftline-guide-'));
    folders.push(folder);
    const study = new TemporaryStudy(folder, { ...Object.fromEntries(files), ...more });
    const { code, err } = await study.driftline('run', 'precise-delay', '--profile', 'quick');
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('precise-delay') });
    const rows = async (table: string) =>
      JSON.parse((await study.driftline('show', table, '--profile', 'quick', '--json')).out).rows;
    const decisions = await rows('precise-delay.decisions');
    for (const { C, jobDelay, jobDelayHi, replicates } of await rows('precise-delay.summary')) {
      const looks = decisions.filter((each: { C: number }) => each.C === C);
      expect(looks.map((each: { replicates: number }) => each.replicates)).toEqual(
        [4, 6, 9, 14, 20].slice(0, looks.length),
      );
      expect(looks.slice(0, -1).every((each: { verdict: string }) => each.verdict === 'go on')).toBe(true);
      const last = looks.at(-1);
      expect(last).toMatchObject({ replicates, mean: jobDelay, verdict: 'stop' });
      expect(last.relative).toBeLessThanOrEqual(0.05);
      expect(jobDelayHi - jobDelay).toBeCloseTo(last.halfWidth, 12);
    }
  });

  it('shows a figure that names its input, and selections that it may add', async () => {
    const spec = files.get('experiments/figures/delay.vl.yaml') ?? '';
    expect(await readSpec(new TextEncoder().encode(spec), 'guide')).toMatchObject({ data: { name: 'rows' } });
    const { params } = await readSpec(new TextEncoder().encode(fragments.get('spec')), 'guide');
    expect(params).toHaveLength(2);
  });

  it('links only to headings that it has', () => {
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) =>
      heading!.toLowerCase().replaceAll(' ', '-'),
    );
    const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, link]) => link);
    expect(links).toEqual(headings);
  });
});
