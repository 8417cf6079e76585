import { afterEach, beforeEach, expect } from 'vitest';
import { type FakeSlurm, startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { temporaryFolders } from '../store/folder.ts';
import { startOn, studyOf } from './clusterStudy.ts';
import { ending, events, TemporaryStudy } from './study.ts';

/** What `run` comes to when all is done. */
export const DONE = { code: 0, last: expect.objectContaining({ executed: 9, failed: 0 }) };

/** For each test of a file a cluster whose controller forgets at once what has ended: then only a database knows of it. */
export function accountedCluster() {
  const folder = temporaryFolders();
  let slurm: FakeSlurm;
  beforeEach(async () => {
    slurm = await startFakeSlurm({ nodes: 2, accounting: true, minJobAge: 0 });
  });
  afterEach(() => slurm.stop());
  return {
    get slurm(): FakeSlurm {
      return slurm;
    },
    /** How a run of the study ends that asks for so long after jobs that left without a word. */
    async run(grace: string) {
      const study = new TemporaryStudy(folder(), studyOf());
      const { code, out } = await ending(startOn(slurm, study, '--json', '--slurm', `grace=${grace}`));
      return { code, last: events(out).at(-1) };
    },
    /** What was asked of the cluster, in order. */
    calls: (): string[] =>
      slurm.cluster.calls.flatMap(({ program, args }) => (program === 'scontrol' ? `scontrol ${args[1]}` : program)),
  };
}
