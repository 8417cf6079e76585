import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { ending, SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), SMALL);
const json = async (...args: string[]) => {
  const { code, out, err } = await study.driftline(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

beforeAll(async () => {
  expect((await study.driftline('run')).code).toBe(0);
});

describe('with --json', () => {
  it('status counts what is there, and tells the last run', async () => {
    const { stages, lastRun } = await json('status', '--json');
    expect(stages[0]).toEqual({ stage: 'squares', done: 3, total: 3, failed: 0, seconds: expect.any(Number) });
    expect(lastRun).toMatchObject({ failed: 0 });
  });

  it('why explains a hit, with where and when it was made, and a miss, from its root on', async () => {
    const hit = await json('why', 'other', '--json');
    expect(hit).toMatchObject({ target: 'other', counts: { cached: 2, run: 0 }, made: [{ hits: [{}, {}] }] });
    expect(hit.made[0]).toMatchObject({ host: hostname(), startedAt: expect.any(String) });
    const miss = await json('why', 'positive', '--json', '--set', 'n=4');
    expect(miss).toMatchObject({ target: 'claim:positive', counts: { depends: 1 } });
    expect(miss.pending.roots).toMatchObject([
      { cause: { kind: 'parameter', path: 'n', from: 3, to: 4 }, stages: { squares: 2 } },
    ]);
    expect(miss.pending.roots[0].path.at(-1)).toBe('claim:positive');
  });

  it('plan and run --dry-run forecast the time by earlier actions, and say by which', async () => {
    const plan = await json('plan', '--json', '--jobs', '3', '--set', 'n=4');
    expect(plan.cost).toMatchObject({ jobs: 3, least: { unknown: 0 }, most: { unknown: 0 } });
    expect(plan.cost.least.cpuSeconds).toBeLessThan(plan.cost.most.cpuSeconds);
    const [first] = plan.actions;
    expect(first).toMatchObject({ state: 'run', estimate: { basis: 'cell', seconds: expect.any(Number) } });
    expect(await json('run', '--dry-run', '--json', '--jobs', '3', '--set', 'n=4')).toEqual(plan);
  });

  it('show prints rows, claims prints verdicts, graph prints stages and edges', async () => {
    expect((await json('show', 'sums.table', '--json')).rows).toEqual([
      { scale: 1, sum: 8 },
      { scale: 2, sum: 11 },
    ]);
    expect((await json('claims', '--json')).claims).toHaveLength(2);
    expect((await json('graph', '--json')).edges).toContainEqual({ from: 'squares', output: 'rows', to: 'sums' });
  });

  it('stage list, describe and run, and schema, know the kinds of the study', async () => {
    const list: { name: string }[] = await json('stage', 'list', '--json');
    expect(list.map(({ name }) => name)).toEqual(expect.arrayContaining(['simulate', 'squares']));
    expect(await json('stage', 'describe', 'squares', '--json')).toMatchObject({
      outputs: { rows: { type: 'table' } },
    });
    expect(await json('stage', 'run', 'squares', '--with', '{"n":2}')).toEqual({
      rows: [
        { i: 0, square: 0 },
        { i: 1, square: 1 },
      ],
    });
    expect(JSON.stringify(await json('schema'))).toContain('squares');
  });

  it('report says where it is, and runs nothing', async () => {
    const { report, missing } = await json('report', '--json', '--set', 'offset=5');
    expect({ report, missing }).toEqual({ report: join('out', 'report', 'index.html'), missing: 2 });
    expect(readFileSync(join(study.root, report), 'utf8')).toContain('Squares');
  });
});

describe('in words', () => {
  it('why names the changed field, status the stages, show the rows', async () => {
    expect((await study.driftline('why', 'other', '--set', 'offset=4')).out).toMatch(
      /^other: 1 action to run, 1 action to run unless the inputs turn out as before, because\n {4}params.offset: 0 → 4\n/,
    );
    expect((await study.driftline('why', 'other')).out).toMatch(
      /^other: 2 actions cached\n {2}computed in .* by run \S+ on \S+, \S+ \S+ UTC\n {2}which ran it because\n {4}never computed/,
    );
    expect((await study.driftline('plan', '--set', 'offset=4')).out).toMatch(
      /other +1 to run +1 depending on inputs.* m?s +by the cell before\n[\s\S]*Estimated time: .* on \d+ cores?; .* of computing\.\n$/,
    );
    expect((await study.driftline('status')).out).toContain('✓  squares');
    expect((await study.driftline('show', 'sums', '--rows', '1')).out).toMatch(/scale +sum\n +1 +8\n.*1 not shown/);
  });

  it('show draws the course of a column under four rows or more', async () => {
    const { out } = await study.driftline('show', 'squares.rows');
    expect(out).toMatch(
      /\nsquares\.rows: 6 rows\n\nscale +▁▁▁███ {2}1 to 2\ni +▁▅█▁▅█ {2}0 to 2\nsquare +\S{6} {2}1 to 6\n$/,
    );
    expect((await study.driftline('show', 'sums')).out).toMatch(/ 2 rows\n$/);
  });

  it('is coloured where FORCE_COLOR asks for it, but never in JSON', async () => {
    const coloured = await ending(study.start(['show', 'sums'], { FORCE_COLOR: '1' }));
    expect(coloured.out.split('\n')[0]).toBe('\u001b[1mscale  sum\u001b[22m');
    const json = await ending(study.start(['show', 'sums', '--json'], { FORCE_COLOR: '1' }));
    expect(JSON.parse(json.out).rows).toHaveLength(2);
  });

  it('graph is Mermaid, DOT or SVG', async () => {
    expect((await study.driftline('graph', '--format', 'svg')).out).toMatch(
      /^<svg [\s\S]*>squares × 2<\/text>[\s\S]*<\/svg>\n$/,
    );
    expect((await study.driftline('graph')).out).toMatch(/^flowchart LR\n {2}s0\["squares × 2"\]/);
    expect((await study.driftline('graph', '--format', 'dot')).out).toMatch(
      /^digraph study \{\n(.*\n)* {2}"squares" -> "sums"/,
    );
  });

  it('stage describe lists parameters, inputs and outputs', async () => {
    const { out } = await study.driftline('stage', 'describe', 'squares');
    expect(out).toMatch(/offset +number +default 0/);
    expect(out).toContain('table (i int32, square float64)');
    const words = (await study.driftline('stage', 'describe', 'simulate')).out;
    expect(words).toMatch(/start +"empty" \| "mean-field" +default "empty"/);
    expect(words).toMatch(/record +list of "tails" \| "path" \| "delay"/);
  });
});

describe('a wrong command line ends with exit code 2 and says what is wrong', () => {
  it.each([
    [['runn'], /unknown command 'runn'.*\n?.*Did you mean one of run, runs/],
    [['run', '--jbos', '2'], /unknown option '--jbos'.*\n?.*--jobs/],
    [['run', '--jobs', '0'], /--jobs.*Expected a whole number from 1/],
    [['run', '--set', 'n'], /--set.*Expected key=value/],
    [['run', '--set', 'm=1'], /"?m"?.*[\s\S]*1 problem/],
    [['run', '--profile', 'larg'], /larg[\s\S]*large/],
    [['run', 'sqares'], /no target "sqares". Did you mean squares\?/],
    [['why', 'nothing'], /no target "nothing". Its stages: squares, other, sums\./],
    [['why', 'squares[scale=3]'], /Did you mean squares\[scale=1\]\?/],
    [['why', 'positve'], /Did you mean positive\?/],
    [['plan', 'squares.elsewhere'], /squares has squares\[scale=1\], squares\[scale=2\], squares.rows\./],
    [['plan', '--jobs', '0'], /--jobs.*Expected a whole number from 1/],
    [['graph', '--format', 'png'], /--format.*Allowed choices are mermaid, dot, svg/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish, powershell/],
    [['run', '--file', 'none.yaml'], /There is no study file none\.yaml/],
    [['run', '--file', 'parts'], /parts/],
    [['stage', 'describe', 'square'], /no kind of stage "square".*squares/],
    [['stage', 'run', 'squares', '--with', '{'], /--with expects JSON/],
    [['stage', 'run', 'squares', '--with', '{"n":0,"m":1}'], /\/n.*>= 1[\s\S]*/],
  ])('%j', async (args, message) => {
    const { code, out, err } = await study.driftline(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at |\/dist\//);
  });
});

describe('a wrong study ends with exit code 2 at its place, and runs nothing', () => {
  const parts = SMALL['parts/squares.yaml'];
  it.each([
    [
      'an unknown key',
      { 'parts/squares.yaml': parts.replace('uses: join', 'usess: join') },
      /squares\.yaml:\d+:\d+[\s\S]*usess/,
    ],
    [
      'a path leaving the study',
      { 'pipeline.yaml': SMALL['pipeline.yaml'].replace('parts/*', '../*') },
      /leaves the study/,
    ],
    [
      'what the kind itself refuses',
      { 'parts/squares.yaml': parts.replace('n: 2', 'n: 13') },
      /thirteen brings bad luck/,
    ],
    ['a kind that is none', { 'stages/squares.ts': 'export const a = 1;' }, /stages\/squares\.ts.*default export/],
    ['a kind that does not load', { 'stages/squares.ts': 'throw new Error("early");' }, /stages\/squares\.ts.*early/],
    ['a kind that does not parse', { 'stages/squares.ts': 'export default {' }, /cannot be loaded.*squares\.ts/],
    [
      'a kind whose import is missing',
      { 'stages/squares.ts': 'import "no-such-package";' },
      /cannot be loaded.*no-such-package/,
    ],
  ])('%s', async (_, files, message) => {
    const wrong = new TemporaryStudy(folder(), { ...SMALL, ...files });
    const { code, out, err } = await wrong.driftline('run');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at |\/dist\//);
    expect(existsSync(join(wrong.root, 'out'))).toBe(false);
  });
});

describe('output', () => {
  it('that nobody reads any more is no error', async () => {
    const child = study.start(['stage', 'describe', 'simulate', '--json']);
    child.stdout!.destroy();
    child.stderr!.setEncoding('utf8');
    const { code, err } = await ending(child);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('--help and --version are quick answers', async () => {
    expect((await study.driftline('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, out } = await study.driftline('--help');
    expect(code).toBe(0);
    for (const name of [
      'run',
      'watch',
      'plan',
      'status',
      'why',
      'show',
      'claims',
      'report',
      'graph',
      'stage',
      'init',
      'schema',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });
});
