import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { SMALL, SQUARES, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
let study: TemporaryStudy;
const table = () => readFileSync(join(study.root, 'out', 'tables', 'squares.rows.csv'), 'utf8');
const json = async (...args: string[]) => JSON.parse((await study.driftline(...args, '--json')).out);
const outDocument = () => JSON.parse(readFileSync(join(study.root, 'out', 'run.json'), 'utf8'));
const blobs = () => readdirSync(join(study.root, '.driftline', 'cas'), { recursive: true }).sort();
/** The kind with its formula written in some other way. */
const formula = (text: string) => study.write({ 'stages/squares.ts': SQUARES.replace('k * k + offset', text) });
const accept = (...args: string[]) => study.driftline('accept', '--because', 'said in another way', ...args);

beforeAll(async () => {
  study = new TemporaryStudy(folder(), SMALL);
  expect((await study.driftline('run', '--lock')).code).toBe(0);
});

describe('driftline accept', () => {
  it('says what is wrong with its options, and asks for a reason', async () => {
    expect(await study.driftline('accept')).toMatchObject({ code: 2, err: expect.stringContaining('--because') });
    expect(await study.driftline('accept', '--because', ' ')).toMatchObject({ code: 2 });
    expect(await accept('--list')).toMatchObject({ code: 2, err: expect.stringContaining('give one of them') });
    expect(await accept('--sample', '101%')).toMatchObject({ code: 2 });
    expect(await accept('nothing')).toMatchObject({ code: 2, err: expect.stringContaining('no target "nothing"') });
    const { code, err } = await study.driftline('accept', '--revoke', 'abcdef');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('There is no statement "abcdef"') });
    expect((await study.driftline('accept', '--list')).out).toBe('No results were accepted so far.\n');
    expect((await accept()).out).toBe('Nothing to accept: all 9 results are up to date.\n');
  });

  it('takes over the results of a refactoring after computing a sample again; then a run has nothing to do', async () => {
    const before = { table: table(), blobs: blobs() };
    formula('offset + k ** 2');
    const preview = await study.driftline('accept', '--dry-run');
    expect(preview.out).toMatch(/^squares [0-9a-f]{12} → [0-9a-f]{12}\n {2}stages\/squares\.ts changed\n/);
    expect(preview.out).toMatch(
      /^ {2}squares {2}2 actions {2}2 would be recomputed\n {2}other {4} 1 action {2}1 would/m,
    );
    expect(preview.out).toContain('Could accept 3 actions, of which 3 would be recomputed. Nothing was done');
    const { actions } = await json('accept', '--dry-run');
    expect(actions.map(({ target }: { target: string }) => target)).toEqual([
      'squares[scale=1]',
      'squares[scale=2]',
      'other',
    ]);
    expect((await json('plan')).counts).toMatchObject({ cached: 0 });

    const { code, out } = await accept('--sample', '1');
    expect(code).toBe(0);
    expect(out).toContain(
      '✓ Recomputed 2 of 3 actions: the same bytes.\n  1 taken on trust. A change that shows in 5 %',
    );
    expect(out).toMatch(/probability of 90 %\.\nAccepted as statement [0-9a-f]{12}\. To take it back: /);
    const events = (await study.driftline('run', '--json', '--locked')).out.trim().split('\n');
    expect(JSON.parse(events.at(-1)!)).toMatchObject({ executed: 0, cached: 9, failed: 0 });
    expect({ table: table(), blobs: blobs() }).toEqual(before);
    const { stages } = await json('status');
    expect(stages[0]).toMatchObject({ done: 3, total: 3 });
  });

  it('is told by why and --list, and checked by verify --accepted', async () => {
    const [{ id, ...statement }] = await json('accept', '--list');
    expect(statement).toMatchObject({ because: 'said in another way', accepted: 3, records: 3, recomputed: [{}, {}] });
    const explained = await json('why', 'squares');
    expect(explained.made[0].hits[0]).toMatchObject({ accepted: { statement: id } });
    const { out } = await study.driftline('why', 'squares');
    const at = statement.by.at.slice(0, 19).replace('T', ' ');
    expect(out).toContain(`  2 of them accepted by statement ${id.slice(0, 12)} of ${at} UTC: said in another way\n`);
    const other = (await study.driftline('why', 'other')).out;
    expect(other).toContain('  recomputed then, with the same bytes\n');
    expect(out).toContain('  1 of them recomputed then, with the same bytes; 1 taken on trust\n');
    const { by } = statement;
    const told = { statement: id, because: 'said in another way', by, actions: 3, recomputed: 2 };
    const { accepted, actions } = outDocument();
    expect(accepted).toEqual([told]);
    expect(actions.filter((action: { accepted?: string }) => action.accepted === id)).toHaveLength(3);
    const report = readFileSync(join(study.root, 'out/report/index.html'), 'utf8');
    expect(report).toMatch(/3 results of earlier code were accepted as unchanged by .*: “said in another way”/);
    const { recomputed } = await json('verify', '--accepted');
    expect(recomputed).toMatchObject({ current: 3, revoked: [] });
    expect(recomputed.results.map(({ state }: { state: string }) => state)).toEqual(['same', 'same', 'same']);
    expect((await study.driftline('accept', '--list')).out).toContain('  3 actions accepted, 2 recomputed\n');
  });

  it('takes a statement back with what rests on it; the next run computes that', async () => {
    const [{ id }] = await json('accept', '--list');
    expect(await json('accept', '--revoke', id.slice(0, 8))).toMatchObject({ revoked: id });
    expect((await json('plan')).counts).toMatchObject({ run: 3, depends: 6 });
    // The record is gone because the statement is: nothing was lost.
    const { roots } = (await json('why', 'squares')).pending;
    expect(roots).toMatchObject([{ cause: { kind: 'taken-back', statement: id }, actions: 2 }]);
    expect(await json('accept', '--list')).toEqual([]);
    expect(await study.driftline('run', '--locked')).toMatchObject({
      code: 0,
      out: expect.stringContaining('3 executed'),
    });
    expect(outDocument().accepted).toEqual([]);
    expect(readFileSync(join(study.root, 'out/report/index.html'), 'utf8')).not.toContain('accepted as unchanged');
  });

  it('accepts nothing of a stage that changed, nor what is made of it, and exits with 1', async () => {
    formula('k * k + offset + (offset === 2 && k === 1 ? 0.5 : 0)');
    const { code, out } = await accept('--all');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^✗ Nothing of squares is accepted: the new code gives other results \(1 of [12] recomputed\)\.$/m,
    );
    expect(out).toMatch(/^ {4}squares\[scale=2\]: rows was [0-9a-f]{12} and came out as [0-9a-f]{12}$/m);
    expect(out).toContain('✓ Recomputed 1 of 1 action: the same bytes.');
    const { counts } = await json('plan');
    expect(counts).toMatchObject({ cached: 2 }); // `other` was accepted
    const again = await json('accept', '--because', 'no', '--all');
    expect(again).toMatchObject({ statement: null, accepted: 0, refused: [{ stage: 'squares' }] });
    expect(again.trials.filter(({ state }: { state: string }) => state !== 'same')).toMatchObject([
      { state: 'changed' },
    ]);
  });
});
