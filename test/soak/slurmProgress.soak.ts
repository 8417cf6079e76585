import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startOn } from '../cli/clusterStudy.ts';
import { ending, events, TemporaryStudy } from '../cli/study.ts';
import { startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();
const slurm = await startFakeSlurm({ nodes: 1 });
afterAll(() => slurm.stop());

const HALF = `
import { existsSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';

export default defineStage({
  summary: 'Gets so far, and no further until a file is there',
  params: Type.Object({ far: Type.Number(), until: Type.String() }),
  inputs: {},
  outputs: { rows: table({ reached: 'float64' }) },
  async run({ params: { far, until }, progress }) {
    progress(far);
    while (!existsSync(until)) await new Promise((go) => setTimeout(go, 50));
    return { rows: { reached: [far] } };
  },
});
`;

it('long actions on a cluster tell how far they are, without another question to it', async () => {
  const go = join(folder(), 'go');
  const study = new TemporaryStudy(folder(), {
    'pipeline.yaml': `driftline: 1
study: Half
executor: { kind: slurm, polls: 6, submits: 20 }
stages:
  half: { uses: half, matrix: { far: [0.25, 0.5] }, with: { far: "\${matrix.far}", until: ${go} } }
`,
    'stages/half.ts': HALF,
  });
  const head = startOn(slurm, study, '--json');
  let out = '';
  head.stdout!.on('data', (text: Buffer) => {
    out += text;
  });
  const ended = ending(head);
  const told = () =>
    events(out.slice(0, out.lastIndexOf('\n')))
      .filter(({ type }) => type === 'action-progress')
      .map(({ target, fraction }) => [target, fraction]);
  await expect.poll(() => out.includes('action-progress') && told(), { timeout: 60_000 }).toHaveLength(2);
  expect(told().sort()).toEqual([
    ['half[far=0.25]', 0.25],
    ['half[far=0.5]', 0.5],
  ]);
  writeFileSync(go, '');
  const { code, err } = await ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [first, last] = [slurm.cluster.calls[0].at, slurm.cluster.calls.at(-1)!.at];
  expect(slurm.cluster.count('squeue')).toBeLessThanOrEqual(1 + (6 * (last - first)) / 60_000);
});
