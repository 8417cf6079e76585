import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { type Ended, ending, events, SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
let study: TemporaryStudy;
let first: Ended;
let dry: { actions: { target: string; state: string }[] };

const executed = (ndjson: string): string[] =>
  events(ndjson)
    .filter(({ type }) => type === 'action-finished')
    .map(({ target }) => target)
    .sort();

beforeAll(async () => {
  study = new TemporaryStudy(folder(), SMALL);
  dry = JSON.parse((await study.driftline('run', '--dry-run', '--json')).out);
  first = await study.driftline('run', '--json');
});

describe('driftline run', () => {
  it('executes exactly what --dry-run said, and tells so event by event', () => {
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(executed(first.out)).toEqual(dry.actions.map(({ target }) => target).sort());
    expect(new Set(dry.actions.map(({ state }) => state))).toEqual(new Set(['run']));
    const told = events(first.out);
    expect(told[0]).toMatchObject({ type: 'run-started', actions: dry.actions.length });
    expect(told.at(-1)).toMatchObject({
      type: 'run-finished',
      executed: dry.actions.length,
      failed: 0,
      interrupted: false,
    });
  });

  it('puts tables, claims, the run and the report into out/', () => {
    const out = join(study.root, 'out');
    expect(readdirSync(out).sort()).toEqual(['claims.json', 'report', 'run.json', 'tables']);
    expect(readFileSync(join(out, 'tables', 'squares.rows.csv'), 'utf8')).toMatch(/^scale,i,square\n1,0,1\n/);
    const { claims } = JSON.parse(readFileSync(join(out, 'claims.json'), 'utf8'));
    expect(claims.map((claim: { verdict: string }) => claim.verdict)).toEqual(['supported', 'refuted']);
    expect(readFileSync(join(out, 'report', 'index.html'), 'utf8')).toContain('All sums are positive');
  });

  it('the second time says that nothing had to run, shows the claims, and writes no escape codes into a pipe', async () => {
    const before = readdirSync(join(study.root, '.driftline', 'actions'));
    const { code, out, err } = await study.driftline('run');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Nothing had to run: all ${dry.actions.length} results were there already.`);
    expect(out).toContain('2 claims: 1 supported, 1 refuted, 0 undecided');
    expect(out).not.toContain('\u001b');
    expect(readdirSync(join(study.root, '.driftline', 'actions'))).toEqual(before);
    const claims = out.split('\n').filter((line) => line.includes('All sums'));
    for (const line of claims) expect(line.indexOf('All sums')).toBeLessThan(46); // a long source is wrapped
  });

  it('after one parameter changed reruns only what depends on it, as --dry-run says', async () => {
    const changed = ['--set', 'offset=7'];
    const plan = JSON.parse((await study.driftline('plan', '--json', ...changed)).out) as typeof dry;
    const run = await study.driftline('run', '--json', ...changed);
    expect(executed(run.out)).toEqual(['other', 'other.rows']);
    const state = Object.fromEntries(plan.actions.map((action) => [action.target, action.state]));
    expect(state).toMatchObject({
      other: 'run',
      'other.rows': 'depends',
      'squares[scale=1]': 'cached',
      sums: 'cached',
    });
  });

  it('hits again after a change is taken back, and after a comment', async () => {
    study.write({ 'stages/squares.ts': `// a comment\n${SMALL['stages/squares.ts']}` });
    expect(executed((await study.driftline('run', '--json')).out)).toEqual([]);
  });

  it('of some targets runs those and what they need, and leaves the report alone', async () => {
    const other = new TemporaryStudy(folder(), SMALL);
    const { code, out } = await other.driftline('run', '--json', 'sums');
    expect(code).toBe(0);
    expect(executed(out)).toEqual(['squares.rows', 'squares[scale=1]', 'squares[scale=2]', 'sums', 'sums.table']);
    expect(existsSync(join(other.root, 'out', 'report'))).toBe(false);
  });

  it('with --strict exits with 3 when a claim is refuted', async () => {
    expect((await study.driftline('run', '--strict')).code).toBe(3);
    expect((await study.driftline('claims', '--strict', '--json')).code).toBe(3);
    expect((await study.driftline('claims')).code).toBe(0);
  });
});

describe('driftline run of a stage that fails', () => {
  let broken: TemporaryStudy;
  const FAILING = `title: Failing
stages:
  fails: { run: [sh, -c, "echo the reason >&2; exit 3"], outputs: { out: out.csv } }
  after: { uses: join, inputs: { rows: fails.out }, with: { verbs: [] } }
  good: { uses: squares, with: { n: 3 } }
claims:
  untested: { says: Never tested, test: { rows: after.table, every: "d => d.i > 0" } }
  tested: { says: Tested all the same, test: { rows: good.rows, every: "d => d.i >= 0" } }
`;

  beforeAll(() => {
    broken = new TemporaryStudy(folder(), { ...SMALL, 'parts/squares.yaml': FAILING });
  });

  it('exits with 1, says why once, and keeps and shows what does not depend on it with --keep-going', async () => {
    const { code, out, err } = await broken.driftline('run', '--keep-going');
    expect(code).toBe(1);
    expect(err).toContain('✗ fails: sh ended with exit code 3\n  the reason\n');
    expect(err.match(/the reason/g)).toHaveLength(1);
    expect(`${out}${err}`).not.toMatch(/\.mjs|\n\s+at /);
    expect(err).not.toContain('\u001b');
    expect(out).toContain('Tested all the same');
    expect(out).not.toContain('Never tested');
    expect(out).toContain('2 claims: 1 supported, 0 refuted, 0 undecided, 1 not tested');
    expect(out).toContain('1 failed');
    expect(existsSync(join(broken.root, 'out', 'tables', 'good.rows.csv'))).toBe(true);
  });

  it('goes on from there when it is mended', async () => {
    broken.write({
      'parts/squares.yaml': FAILING.replace(
        'echo the reason >&2; exit 3',
        'printf \\"i\\\\n1\\\\n\\" > ${outputs.out}',
      ),
    });
    const { code, out, err } = await broken.driftline('run', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(executed(out)).toEqual(['after', 'after.table', 'claim:untested', 'fails', 'fails.out']);
  });
});

describe('driftline run that is interrupted', () => {
  it('exits with 130 on Ctrl-C, keeps what is finished, and goes on from there', async () => {
    const slow = new TemporaryStudy(folder(), {
      ...SMALL,
      'parts/squares.yaml': `stages:
  quick: { uses: squares, with: { n: 3 } }
  slow: { uses: squares, with: { n: "\${params.n}", slow: true }, resources: { time: 1m } }
`,
    });
    const child = slow.start(['run', '--json', '--jobs', '2']);
    let seen = '';
    child.stdout!.on('data', (text) => {
      seen += text;
      const started = /"action-started","target":"slow"/.test(seen);
      if (!started || !/"action-finished","target":"quick.rows"/.test(seen)) return;
      seen = '';
      child.kill('SIGINT'); // once: a second one ends it at once
    });
    const { code, out, err } = await ending(child);
    expect(code).toBe(130);
    expect(err).toContain('what is finished is kept');
    expect(events(out).at(-1)).toMatchObject({ type: 'run-finished', executed: 2, skipped: 2, interrupted: true });
    const plan = JSON.parse((await slow.driftline('plan', '--json')).out);
    expect(plan.counts).toMatchObject({ cached: 2, run: 1, depends: 1 });
  });

  it.each(['run', 'verify'])('%s, by a second Ctrl-C at once, leaves no program running', async (command) => {
    const mark = join(folder(), 'mark');
    // It does not care to be asked to end. On its first start it gives what is to be verified.
    const program = `printf "x\\n1\\n" > $0; [ -e ${mark}.done ] || exit 0; trap "" TERM INT; echo $$ > ${mark}; while :; do sleep 0.05; done`;
    const study = new TemporaryStudy(folder(), {
      'pipeline.yaml': `driftline: 1
study: Stubborn
stages:
  stubborn: { run: [sh, -c, ${JSON.stringify(program)}, "\${outputs.out}"], outputs: { out: out.csv } }
`,
    });
    if (command === 'verify') expect((await study.driftline('run')).code).toBe(0);
    writeFileSync(`${mark}.done`, '');
    const child = study.start([command, '--jobs', '1']);
    const ended = ending(child);
    while (!existsSync(mark) || readFileSync(mark, 'utf8') === '') await new Promise((next) => setTimeout(next, 20));
    const pid = Number(readFileSync(mark, 'utf8'));
    child.kill('SIGINT');
    await new Promise((next) => setTimeout(next, 30));
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
