import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Leases } from '../../src/store/leases.ts';
import { startOn, studyOf } from '../cli/clusterStudy.ts';
import { ending, SQUARES, TemporaryStudy } from '../cli/study.ts';
import { startFakeSlurm } from '../executors/slurm/fake/fakeSlurm.ts';
import { damagedAtEveryBit, damagedAtEveryByte } from '../store/damage.ts';
import { temporaryFolders } from '../store/folder.ts';
import { TINY } from './crashStudy.ts';
import { below } from './failpoints.ts';
import { kindOfFile, type Place, STATE_FILES } from './stateFiles.ts';

const folder = temporaryFolders();
const root = folder();
let files: string[];

/** A study of which some is done on a cluster, where its head is killed while a job is at work. */
const numbers = studyOf();
const RICH = {
  ...TINY,
  ...numbers,
  'given.csv': 'x\n1\n',
  'pipeline.yaml':
    `${TINY['pipeline.yaml'].replace('params:', 'executor: { kind: slurm, polls: 600, submits: 20 }\nparams:')}`
      .replaceAll(/uses: (squares|steps)/g, 'uses: $1, executor: local')
      .replace('    uses: squares, executor: local\n', '    uses: squares\n    executor: local\n')
      .replace(
        'claims:',
        '  given: { uses: join, executor: local, inputs: { rows: ./given.csv }, with: { verbs: [ungroup] } }\nclaims:',
      ),
};
const withNumbers = (until: string): string =>
  RICH['pipeline.yaml'].replace(
    'claims:',
    `  numbers: { uses: waiting, executor: { kind: slurm, takes: 90s }, matrix: { k: [1, 2] }, with: { k: "\${matrix.k}", until: ${until} } }\nclaims:`,
  );

beforeAll(async () => {
  const slurm = await startFakeSlurm({ nodes: 2 });
  try {
    const study = new TemporaryStudy(root, RICH);
    const config = join(root, 'config');
    const start = async (...args: string[]) => {
      const { code, err } = await ending(study.start(args, { XDG_CONFIG_HOME: config }));
      if (code !== 0) throw new Error(err);
    };
    await start('key', 'create');
    await start('key', 'trust', 'alice', 'ed25519:huwhM9eYjOZetv6OHa0JgB_JsTLdXQ5dCr3291Fmy2M');
    await start('run', '--executor', 'local', '--lock', '--tag', 'first');
    study.write({ 'stages/squares.ts': SQUARES.replace('k * k + offset', 'offset + k ** 2') });
    await start('accept', '--because', 'written otherwise');

    const go = join(root, 'go');
    study.write({ 'pipeline.yaml': withNumbers(go) });
    const head = startOn(slurm, study);
    const running = () => slurm.cluster.live.filter(({ state }) => state === 'RUNNING').length;
    await vi.waitUntil(() => running() === 2, { timeout: 20_000 });
    const batches = join(root, '.driftline', 'slurm');
    const isTold = () => below(batches).some((path) => path.endsWith('submitted.json'));
    await vi.waitUntil(isTold, { timeout: 20_000 });
    head.kill('SIGKILL');
    await ending(head);
    writeFileSync(go, '');
    await vi.waitUntil(() => slurm.cluster.live.length === 0, { timeout: 20_000 });
    new Leases(join(root, '.driftline')).acquire('alive'); // it is not given back before this process ends
  } finally {
    await slurm.stop();
  }
  const sources = new Set(['pipeline.yaml', 'given.csv', 'go', ...Object.keys(RICH)]);
  files = below(root)
    .map((path) => path.slice(root.length + 1))
    .filter((path) => !sources.has(path));
});

/** Bits of files of so many bytes are flipped one by one; of larger ones, those of the beginning, and one in each other byte. */
const SMALL = 1500;
const HEADER = 256;

function* damages(good: Buffer): Generator<Buffer> {
  if (good.length <= SMALL) yield* damagedAtEveryBit(good);
  else {
    yield* damagedAtEveryByte(good);
    const rest = good.subarray(HEADER);
    for (const head of damagedAtEveryBit(good.subarray(0, HEADER))) {
      if (head.length === HEADER) yield Buffer.concat([head, rest]);
    }
  }
}

/** Whether what was read is what was written, or a part of it where its entries stand for themselves. */
function isTrue(found: unknown, good: unknown): boolean {
  if (found === undefined) return true;
  if (!(found instanceof Map && good instanceof Map)) return isDeepStrictEqual(found, good);
  return [...found].every(([key, value]) => value === undefined || isDeepStrictEqual(value, good.get(key)));
}

describe('every file that Driftline leaves', () => {
  it('is of a kind that is known here: another one needs a line of its own, and one in docs/caching.md', () => {
    expect(files.filter((path) => kindOfFile(path) === undefined)).toEqual([]);
    const found = new Set(files.map(kindOfFile));
    expect(Object.keys(STATE_FILES).filter((kind) => !found.has(kind))).toEqual([]);
  });

  it.each(Object.entries(STATE_FILES).filter(([, { read }]) => read !== undefined))(
    '%s: is read as it was written, or not at all, whatever its length and whichever bit is another',
    (kind, { read, because }) => {
      const path = files
        .filter((each) => kindOfFile(each) === kind)
        .sort((a, b) => statSync(join(root, a)).size - statSync(join(root, b)).size)
        .find((each) => statSync(join(root, each)).size > 0)!;
      const place: Place = { root: folder(), path, good: readFileSync(join(root, path)) };
      const target = join(place.root, path);
      mkdirSync(dirname(target), { recursive: true });
      const beside = ['the program of jobs'].includes(kind) ? path.split('/').slice(0, 3).join('/') : path;
      cpSync(join(root, beside), join(place.root, beside), { recursive: true });
      writeFileSync(join(place.root, 'given.csv'), 'x\n1\n');
      chmodSync(target, 0o644);
      const good = read!(place);
      if (because === undefined && kind !== 'a lease') expect(good).toBeDefined();
      let tried = 0;
      for (const bytes of damages(place.good)) {
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, bytes);
        const found = read!(place);
        if (!isTrue(found, good)) expect({ at: tried, found }).toEqual({ at: tried, found: good });
        tried++;
      }
      expect(tried).toBeGreaterThan(place.good.length);
      expect(readdirSync(place.root).length).toBeGreaterThan(0);
    },
  );
});
