import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

describe('driftline doctor', () => {
  it('finds that everything is there, and leaves nothing behind', async () => {
    const study = new TemporaryStudy(folder(), SMALL);
    await study.driftline('plan');
    const before = readdirSync(join(study.root, '.driftline'));
    const { code, out } = await study.driftline('doctor', '--json');
    expect(code).toBe(0);
    const { findings } = JSON.parse(out);
    expect(findings.map(({ check }: { check: string }) => check)).toEqual([
      'Node',
      'bundling stages',
      'worker threads',
      'figures',
      'temporary folder',
      'study',
      'store',
    ]);
    expect(findings.filter(({ verdict }: { verdict: string }) => verdict === 'wrong')).toEqual([]);
    expect(readdirSync(join(study.root, '.driftline'))).toEqual(before);
  });

  it('says where there is no study', async () => {
    const { code, out } = await new TemporaryStudy(folder()).driftline('doctor');
    expect(code).toBe(0);
    expect(out).toMatch(/^! study +there is no pipeline\.yaml here\n {4}Go to the folder of a study/m);
  });

  it('ends with 1 for a study that cannot be read, a store that others can write, and a place that takes no file', async () => {
    const study = new TemporaryStudy(folder(), { ...SMALL, 'pipeline.yaml': 'driftline: 2\n' });
    const wrong = await study.driftline('doctor');
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/^✗ study +pipeline\.yaml:1:\d+.*\n {4}driftline plan shows every problem/m);

    const open = new TemporaryStudy(folder(), SMALL);
    await open.driftline('plan');
    chmodSync(join(open.root, '.driftline'), 0o777);
    const exposed = await open.driftline('doctor');
    expect(exposed.code).toBe(1);
    expect(exposed.out).toMatch(/^✗ store +\.driftline can be written by everyone.*\n {4}chmod o-w \.driftline/m);

    const nowhere = await open.driftline('doctor', '--file', '/proc/pipeline.yaml');
    expect(nowhere.out).toMatch(/^✗ store +\/proc cannot be written \(\w+\)/m);
  });
});
