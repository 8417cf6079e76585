import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { PEM, PUBLIC, tablesOf } from '../cli/checkout.ts';
import { startOn, studyOf } from '../cli/clusterStudy.ts';
import { type Ended, ending, events, TemporaryStudy } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';
import { OWN, startBucket } from '../store/remote/bucket.ts';
import { Nginx } from './nginx.ts';
import { Slurm } from './slurm.ts';
import { until } from './until.ts';

const folder = temporaryFolders();
const slurm = await Slurm.start({ nodes: 2, cpus: 8 });
afterAll(() => slurm.stop());

const cluster = { environment: (base: NodeJS.ProcessEnv) => ({ ...base, SLURM_CONF: slurm.environment.SLURM_CONF! }) };
const start = (study: TemporaryStudy, ...args: string[]): ChildProcess => startOn(cluster, study, ...args);
const run = (study: TemporaryStudy, ...args: string[]): Promise<Ended> => ending(start(study, ...args));
const lockOf = ({ root }: TemporaryStudy): string => readFileSync(join(root, 'driftline.lock'), 'utf8');
const running = async (): Promise<string[]> =>
  (await slurm.run('squeue', ['-h', '-r', '-t', 'R', '-o', '%F_%K %N'])).out.split('\n').filter((line) => line !== '');

/** All that jobs have left. */
function results({ root }: TemporaryStudy): string[] {
  const batches = join(root, '.driftline', 'slurm');
  return existsSync(batches) ? readdirSync(batches, { recursive: true, encoding: 'utf8' }) : [];
}

/** Records of their beginning. */
const begun = (study: TemporaryStudy): string[] => results(study).filter((name) => /\.0\.json$/.test(name));

/** Computes all of it here, from nothing, and gives the digests of the results. */
async function locally(study: TemporaryStudy, ...args: string[]): Promise<string> {
  for (const path of ['.driftline', 'driftline.lock']) rmSync(join(study.root, path), { recursive: true, force: true });
  expect((await run(study, '--executor', 'local', '--lock', ...args)).code).toBe(0);
  return lockOf(study);
}

describe('a study on a real Slurm', () => {
  it('has the bytes of a local run', async () => {
    const study = new TemporaryStudy(folder(), studyOf());
    const { code, out } = await run(study, '--lock', '--json');
    expect([code, events(out).at(-1)]).toEqual([0, expect.objectContaining({ executed: 9, failed: 0 })]);
    const there = lockOf(study);
    expect(await locally(study)).toBe(there);
  });

  it('survives a killed head and then a killed node, whose orphans finish too', async () => {
    const go = join(folder(), 'go');
    const study = new TemporaryStudy(folder(), studyOf(go));
    const head = start(study);
    await until(() => begun(study).length === 3, 'three jobs to begin');
    head.kill('SIGKILL');
    await ending(head);
    const second = ending(start(study, '--lock', '--json'));
    const [[, node]] = (await running()).map((line) => line.split(' '));
    slurm.killNode(node);
    await until(async () => !(await running()).some((line) => line.endsWith(node)), 'Slurm to notice', 90_000);
    writeFileSync(go, ''); // now the orphans finish, while the same jobs wait to be started again
    const { code, out } = await second;
    expect([code, events(out).at(-1)]).toEqual([0, expect.objectContaining({ executed: 9, failed: 0 })]);
    expect(out).toContain('"adopted":6');
    const there = lockOf(study);
    slurm.startNode(node);
    expect(await locally(study)).toBe(there);
  });

  it('takes a checkpoint when a job is warned, and goes on from there in another one', async () => {
    // Events for more than the five seconds after which a job first tells how far it is
    const study = new TemporaryStudy(folder(), {
      'pipeline.yaml': `driftline: 1
study: Growing
executor: { kind: slurm, polls: 600, submits: 20, time: 10m }
stages:
  delay:
    uses: simulate
    replicates: 1
    with: { n: 100, lambda: 0.75, policy: { kind: abounce, C: 3, d: 10, K: 2 }, events: 3e9 }
`,
    });
    const ended = run(study, '--lock', '--json');
    await until(() => begun(study).length === 1, 'the job to begin');
    await until(async () => (await running()).length === 1, 'the queue to know');
    const told = (): boolean => results(study).some((name) => /\.at-0-\d+$/.test(name));
    await until(told, 'the job to tell how far it is');
    const [job] = (await running())[0].split('_');
    await slurm.run('scancel', ['--signal=USR2', '--batch', job]);
    const { code, out } = await ended;
    expect(code).toBe(0);
    const starts = events(out).filter(({ type, target }) => type === 'action-started' && target === 'delay#0');
    expect(starts).toHaveLength(1); // going on is no further attempt
    const fractions = events(out).flatMap((event) => (event.type === 'action-progress' ? [event.fraction] : []));
    expect(fractions.some((fraction) => Number(fraction) > 0 && Number(fraction) < 1)).toBe(true);
    const { stages } = JSON.parse((await study.driftline('status', '--json')).out);
    expect(stages[0]).toMatchObject({ stage: 'delay' });
    const record = readFileSync(
      join(study.root, '.driftline', 'actions', readdirSync(join(study.root, '.driftline', 'actions'))[0]),
      'utf8',
    );
    expect(record).toMatch(/"from":\d+,.*"target":"delay#0"/);
    const there = lockOf(study);
    expect(await locally(study)).toBe(there);
  });
});

/** The paper's study in a folder of its own, with an empty store. */
function paper(): TemporaryStudy {
  const study = new TemporaryStudy(join(folder(), 'study'));
  for (const path of ['pipeline.yaml', 'experiments']) {
    cpSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), join(study.root, path), { recursive: true });
  }
  return study;
}

/** A server of caches: what the environment says of it, and its end. */
type Shared = { readonly env: Readonly<Record<string, string>>; close(): Promise<void> };

async function nginx(): Promise<Shared> {
  const server = await Nginx.start();
  return { env: { DRIFTLINE_CACHE: server.url }, close: () => server.stop() };
}

async function bucket(): Promise<Shared> {
  const { endpoint, name, close } = await startBucket(folder());
  const credentials = { AWS_ACCESS_KEY_ID: OWN.accessKeyId, AWS_SECRET_ACCESS_KEY: OWN.secretAccessKey };
  const env = { DRIFTLINE_CACHE: `s3://${name}/team`, AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: 'us-east-1' };
  return { env: { ...env, ...credentials }, close };
}

/** Each with the part of the study that goes through it, which is all of it where nothing is named. */
const CACHES: readonly (readonly [name: string, targets: readonly string[], open: () => Promise<Shared>])[] = [
  ['Debian’s nginx', [], nginx],
  ['an S3 server', ['delay-multiplicative', 'figure-4'], bucket],
];

describe('the paper’s study on a real Slurm', () => {
  const study = paper();

  it('has the bytes of a local run under its quick profile, though its head and a node are killed in the middle', async () => {
    const settings = ['polls=600', 'submits=20', 'jobs=6'].flatMap((setting) => ['--slurm', setting]);
    const args = ['--profile', 'quick', '--executor', 'slurm', ...settings, '--lock', '--json'];
    const head = start(study, ...args);
    await until(() => begun(study).length >= 30, 'jobs to begin', 300_000);
    head.kill('SIGKILL');
    await ending(head);
    const second = run(study, ...args);
    const before = begun(study).length;
    await until(() => begun(study).length >= before + 10, 'more jobs to begin', 300_000);
    const [, node] = ((await running())[0] ?? '0 n1').split(' ');
    slurm.killNode(node);
    const { code, out } = await second;
    slurm.startNode(node);
    const failed = events(out).filter(({ type }) => type === 'action-failed');
    expect([code, failed]).toEqual([0, []]);
    const there = lockOf(study);
    expect(await locally(study, '--profile', 'quick')).toBe(there);
  }, 900_000);

  it.each(CACHES)(
    'is shared through %s: a second checkout with an empty store computes nothing',
    async (_, targets, open) => {
      const { env, close } = await open();
      try {
        const own = { ...env, XDG_CONFIG_HOME: folder() };
        const what = [...targets, '--profile', 'quick', '--json'];
        const pushed = await ending(study.start(['cache', 'push', ...what], { ...own, DRIFTLINE_SIGNING_KEY: PEM }));
        const { uploaded, failed } = JSON.parse(pushed.out);
        expect([pushed.code, failed]).toEqual([0, []]);
        const second = paper();
        second.write({ 'driftline.keys': `alice ${PUBLIC.text}\n`, 'driftline.lock': lockOf(study) });
        const locked = targets.length === 0 ? ['--locked'] : [];
        const filled = await ending(second.start(['run', ...what, '--executor', 'local', ...locked], own));
        const last = events(filled.out).at(-1)!;
        expect([filled.code, last]).toEqual([0, expect.objectContaining({ executed: 0, failed: 0 })]);
        expect(Math.min(uploaded.length, Number(last.fetched))).toBeGreaterThan(targets.length === 0 ? 2000 : 500);
        expect(tablesOf(study)).toMatchObject(tablesOf(second));
      } finally {
        await close();
      }
    },
    300_000,
  );
});
