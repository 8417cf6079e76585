import { beforeAll, expect, it } from 'vitest';
import { SMALL, SQUARES, TemporaryStudy } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();
let study: TemporaryStudy;
const json = async (...args: string[]) => JSON.parse((await study.driftline(...args, '--json')).out);
/** The kind with its formula written in some other way. */
const formula = (text: string) => study.write({ 'stages/squares.ts': SQUARES.replace('k * k + offset', text) });
const accept = (...args: string[]) => study.driftline('accept', '--because', 'said in another way', ...args);

beforeAll(async () => {
  study = new TemporaryStudy(folder(), SMALL);
  expect((await study.driftline('run', '--lock')).code).toBe(0);
});

it('verify --repair takes back a statement that proved wrong', async () => {
  // Of ten cells one changes: the sample, which the keys decide, is of the others.
  study.write({ 'parts/squares.yaml': SMALL['parts/squares.yaml'].replace('[1, 2]', '1..10 step 1') });
  formula('k * k + offset');
  await study.driftline('run');
  const preview = await json('accept', '--dry-run');
  expect(preview.accepted).toBe(0);
  let missed = '';
  for (let cell = 1; cell <= 10 && missed === ''; cell++) {
    formula(`k * k + offset + (offset === ${cell} ? 1 : 0)`);
    if ((await accept('squares', '--sample', '1')).code === 0) missed = `squares[scale=${cell}]`;
  }
  expect(missed).not.toBe('');
  const [{ id }] = (await json('accept', '--list')).slice(-1);
  const found = await study.driftline('verify', 'squares', '--accepted', '--all');
  expect(found.code).toBe(1);
  expect(found.out).toContain(`${missed}: rows was`);
  expect(found.out).toContain(
    `Statement ${id.slice(0, 12)} accepted some of it and proved wrong: driftline accept --revoke`,
  );
  const repaired = await study.driftline('verify', 'squares', '--accepted', '--all', '--repair');
  expect(repaired.out).toContain(`Statement ${id.slice(0, 12)} proved wrong and was taken back`);
  expect((await json('accept', '--list')).map((one: { id: string }) => one.id)).not.toContain(id);
  expect((await study.driftline('run')).out).toContain('executed');
  expect(await json('verify', '--all')).toMatchObject({ recomputed: { revoked: [] }, store: { state: 'whole' } });
});
