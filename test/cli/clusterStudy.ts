import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, beforeEach } from 'vitest';
import type { FakeCluster } from '../executors/slurm/fake/cluster.ts';
import { type FakeSlurm, startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { BIN, type Ended, ending, type TemporaryStudy } from './study.ts';

/** A kind whose actions wait for a file where they are told one. */
const WAITING = `
import { existsSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';

export default defineStage({
  summary: 'A number, once a file is there',
  params: Type.Object({ k: Type.Number(), until: Type.Optional(Type.String()) }, { additionalProperties: false }),
  inputs: {},
  outputs: { rows: table({ square: 'float64' }) },
  async run({ params: { k, until } }) {
    console.log(Object.keys(process.env).sort().join(' '));
    while (until !== undefined && !existsSync(until)) await new Promise((go) => setTimeout(go, 20));
    return { rows: { square: [k * k] } };
  },
});
`;

/** Six actions that share three jobs, each once the file is there, and their sum. */
export const studyOf = (until?: string) => ({
  'pipeline.yaml': `driftline: 1
study: Numbers
executor: { kind: slurm, polls: 600, submits: 20, grace: 5s }
stages:
  numbers:
    uses: waiting
    matrix: { k: 1..6 step 1 }
    executor: { kind: slurm, takes: 25s }
    with: { k: "\${matrix.k}"${until === undefined ? '' : `, until: ${until}`} }
  sum:
    uses: join
    executor: local
    inputs: { rows: numbers.rows }
    with: { verbs: [{ rollup: { sum: "d => op.sum(d.square)" } }] }
`,
  'stages/waiting.ts': WAITING,
});

/** `driftline run` in a shell that has a secret, on the cluster; of this checkout, or of another installation. */
export function startOn(
  slurm: Pick<FakeSlurm, 'environment'> & { readonly driftline?: string },
  { root }: TemporaryStudy,
  ...args: string[]
): ChildProcess {
  const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, ...env } = process.env;
  return spawn(process.execPath, [slurm.driftline ?? BIN, 'run', ...args], {
    cwd: root,
    env: slurm.environment({ ...env, AWS_SECRET_ACCESS_KEY: SECRET }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export const SECRET = 'secret-of-mine';

/** For each test of a file a cluster of two nodes, and `driftline run` on it. */
export function twoNodes() {
  let slurm: FakeSlurm;
  beforeEach(async () => {
    slurm = await startFakeSlurm({ nodes: 2 });
  });
  afterEach(() => slurm.stop());
  const start = (study: TemporaryStudy, ...args: string[]): ChildProcess => startOn(slurm, study, ...args);
  return {
    get cluster(): FakeCluster {
      return slurm.cluster;
    },
    start,
    run: (study: TemporaryStudy, ...args: string[]): Promise<Ended> => ending(start(study, ...args)),
  };
}
