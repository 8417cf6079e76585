import { accessSync, constants, existsSync, linkSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UntrustedFolder } from '../store/trust.ts';
import { CliError } from './exit.ts';
import { PACKAGE_ROOT } from './package.ts';
import { distrustWords } from './refusal.ts';
import { openSession, type StudyOptions } from './session.ts';
import { storeOf } from './storeFolder.ts';

/** What one look at an installation found. */
export interface Finding {
  readonly check: string;
  /** `warning`: it works, with less than there could be. */
  readonly verdict: 'fine' | 'warning' | 'wrong';
  readonly finds: string;
  /** What to do about it. */
  readonly cure?: string;
}

type Found = Omit<Finding, 'check'>;
type Check = (options: StudyOptions) => Found | Promise<Found>;

const fine = (finds: string): Found => ({ verdict: 'fine', finds });
const warning = (finds: string, cure: string): Found => ({ verdict: 'warning', finds, cure });
const wrong = (finds: string, cure: string): Found => ({ verdict: 'wrong', finds, cure });

const INSTALL_AGAIN = 'Install the packages again on this machine: npm ci (in a project: npm install driftline)';
/** Room that a study of some thousand results and its figures wants. */
const SMALL_DISK = 2 ** 30;

/** Looks at everything that a run needs, one after another; a look that fails is a finding too. */
export async function* checkUp(options: StudyOptions): AsyncIterable<Finding> {
  for (const [check, look] of CHECKS) yield { check, ...(await Promise.resolve(look(options)).catch(unforeseen)) };
}

const unforeseen = (error: Error): Found => wrong(error.message.split('\n')[0], INSTALL_AGAIN);

const CHECKS: readonly (readonly [name: string, look: Check])[] = [
  ['Node', () => fine(`${process.version} on ${process.platform}-${process.arch}`)],
  ['bundling stages', bundles],
  ['worker threads', startsThread],
  ['figures', drawsFigure],
  ['temporary folder', () => writable(tmpdir(), 'Name another one in TMPDIR')],
  ['study', readsStudy],
  ['store', looksAtStore],
];

async function bundles(): Promise<Found> {
  const esbuild = await import('esbuild');
  const { code } = await esbuild.transform('const x: number = 1;', { loader: 'ts' });
  return code === 'const x = 1;\n' ? fine(`esbuild ${esbuild.version}`) : wrong('esbuild does not work', INSTALL_AGAIN);
}

/** The thread's own module, so that what it imports is found, too. */
async function startsThread(): Promise<Found> {
  const missing = ['cli/worker.js', 'job/slurmTask.mjs'].find((file) => !existsSync(join(PACKAGE_ROOT, 'dist', file)));
  if (missing !== undefined) return wrong(`dist/${missing} is missing`, INSTALL_AGAIN);
  const file = join(PACKAGE_ROOT, 'dist', 'cli', 'worker.js');
  const thread = new Worker(
    `import(${JSON.stringify(file)}).then(() => require('worker_threads').parentPort.postMessage(1))`,
    {
      eval: true,
    },
  );
  try {
    await new Promise((done, fail) => thread.once('message', done).once('error', fail));
  } finally {
    await thread.terminate();
  }
  return fine('start');
}

/** Without its fonts the renderer drops all text and says nothing. */
async function drawsFigure(): Promise<Found> {
  const { svgToPng } = await import('../figures/svgToPng.ts');
  const draw = (text: string) =>
    svgToPng(`<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="15">${text}</text></svg>`);
  const [written, empty] = [await draw('λ'), await draw('')];
  return Buffer.compare(written, empty) === 0
    ? wrong('are drawn without text: the fonts are missing', INSTALL_AGAIN)
    : fine('are drawn, with text');
}

async function readsStudy(options: StudyOptions): Promise<Found> {
  if (!existsSync(options.file)) {
    return warning(`there is no ${options.file} here`, 'Go to the folder of a study, or name one with --file');
  }
  try {
    const { plan } = await openSession(options);
    return fine(`“${plan.study}”, ${plan.stages.length} stages`);
  } catch (error) {
    if (error instanceof UntrustedFolder) return wrong(...distrusted(error));
    if (!(error instanceof CliError)) throw error;
    return wrong(error.message.split('\n')[0], 'driftline plan shows every problem at its place');
  }
}

const distrusted = (error: UntrustedFolder): [finds: string, cure: string] => {
  const [finds, ...cure] = distrustWords(error.distrust).split(': ');
  return [finds, cure.join(': ')];
};

function looksAtStore({ file }: StudyOptions): Found {
  const study = dirname(resolve(file));
  let store: string;
  try {
    store = storeOf(study);
  } catch (error) {
    if (error instanceof UntrustedFolder) return wrong(...distrusted(error));
    throw error;
  }
  const folder = existsSync(store) ? store : study;
  const { verdict, ...found } = writable(folder, 'See who owns it and how it is mounted');
  if (verdict !== 'fine') return { verdict, ...found };
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const room = `${(free / 2 ** 30).toFixed(1)} GiB free`;
  if (free < SMALL_DISK) return warning(room, 'driftline gc shows what nothing needs any more');
  return hasLinks(folder)
    ? fine(room)
    : warning(
        `${room}; this file system has no hard links`,
        'Results are copied to out/ then, which takes room and time',
      );
}

function writable(folder: string, cure: string): Found {
  try {
    accessSync(folder, constants.W_OK);
    rmSync(mkdtempSync(join(folder, '.driftline-doctor-')), { recursive: true });
    return fine(folder);
  } catch (error) {
    return wrong(`${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`, cure);
  }
}

function hasLinks(folder: string): boolean {
  const own = mkdtempSync(join(folder, '.driftline-doctor-'));
  try {
    writeFileSync(join(own, 'a'), '');
    linkSync(join(own, 'a'), join(own, 'b'));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(own, { recursive: true });
  }
}
