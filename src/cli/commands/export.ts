import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { crateMetadata, METADATA } from '../../crate/metadata.ts';
import type { CrateFile, CrateModel } from '../../crate/model.ts';
import { cratePage, PREVIEW } from '../../crate/preview.ts';
import type { Forecast } from '../../engine/forecast.ts';
import { lockEntries } from '../../engine/lockEntries.ts';
import { compareCodePoints } from '../../store/canonical.ts';
import { newestRuns, type RunRecord } from '../../store/runs.ts';
import { StoreError } from '../../store/storeError.ts';
import { byteFile, crateResults, workOf } from '../crateResults.ts';
import { crateSources, HOME } from '../crateSources.ts';
import { crateStore } from '../crateStore.ts';
import { type CreditOptions, licenceOf, personOf } from '../credit.ts';
import { CliError, EXIT } from '../exit.ts';
import { lockState, lockWords } from '../lock.ts';
import { VERSION } from '../package.ts';
import { currentRecords, forecastSession, openSession, type Session, type StudyOptions } from '../session.ts';
import { bytes, plural } from '../text.ts';

export interface ExportOptions extends CreditOptions {
  readonly file: string;
  readonly profile?: string;
  readonly withStore?: boolean;
  readonly json?: boolean;
}

/** `driftline export <place>`: the study and its results as an RO-Crate, in a folder or as one ZIP. Runs nothing. */
export async function exportCommand(place: string, options: ExportOptions): Promise<number> {
  const target = resolve(place);
  const format = /\.zip$/i.test(place) ? 'zip' : 'folder';
  checkPlace(place, target, format);
  const person = personOf(options);
  const { file, profile } = options;
  const study: StudyOptions = { file, set: {}, ...(profile !== undefined && { profile }) };
  const session = await openSession(study);
  const forecasts = forecastSession(session, session.graph.select());
  checkComplete(session, forecasts);
  const run = runOf(session, forecasts);
  const records = currentRecords(forecasts);
  const { results } = lockEntries(session.graph.nodes.values(), records);
  const sources = crateSources(session);
  const files = inOrder([
    ...sources.files.filter(({ path }) => path !== 'driftline.lock'),
    ...(await crateResults(session, records, run, results)),
    ...(options.withStore ? crateStore(session, forecasts, run) : []),
  ]);
  const again = commandLine(session, ...(options.withStore ? ['verify', '--sample', '10'] : ['run', '--locked']));
  const model: CrateModel = {
    plan: session.plan,
    main: basename(file),
    version: VERSION,
    node: process.versions.node.split('.')[0],
    home: HOME,
    run: {
      id: run.id,
      startedAt: run.startedAt,
      endedAt: new Date(Date.parse(run.startedAt) + run.seconds * 1000).toISOString(),
      command: commandLine(session, 'run'),
    },
    files,
    kinds: sources.kinds,
    work: workOf(session, records),
    licence: licenceOf(options, session.studyRoot, files),
    ...(person !== undefined && { person }),
  };
  const metadata = `${JSON.stringify(crateMetadata(model), null, 2)}\n`;
  const all = [
    byteFile(METADATA, Buffer.from(metadata), { role: 'document' }),
    byteFile(PREVIEW, Buffer.from(cratePage(model, metadata, again)), { role: 'document' }),
    ...files,
  ];
  await write(place, target, format, all);
  const size = format === 'zip' ? statSync(target).size : all.reduce((sum, each) => sum + each.bytes, 0);
  const lock = lockState(session, results, new Set());
  session.stats.save();
  const facts = { format, files: all.length, bytes: size, run: run.id, profile: session.plan.profile };
  if (options.json) {
    const { licence } = model;
    process.stdout.write(`${JSON.stringify({ crate: nearby(target), ...facts, licence, lock, again }, null, 2)}\n`);
    return EXIT.done;
  }
  say(
    `${nearby(target)} is an RO-Crate with the study and the results of run ${run.id}: ${plural(all.length, 'file')}, ${bytes(size)}.`,
  );
  if (model.licence.from === 'nowhere') {
    say('It states no licence. Put a LICENSE beside the study, or name one: --license CC-BY-4.0');
  }
  if (lock.state === 'differs') say(`${lockWords(lock)} The crate's own lock holds what is in the crate.`);
  say(`To compute it again, on any machine, in its folder: ${again}`);
  return EXIT.done;
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function nearby(target: string): string {
  const near = relative(process.cwd(), target);
  return near === '' || near.startsWith('..') ? target : near;
}

/** Refuses a place that holds something, or cannot be made, before the study is read. */
function checkPlace(place: string, target: string, format: 'zip' | 'folder'): void {
  const there = orNothing(() => lstatSync(target));
  if (there !== undefined) {
    if (format === 'zip' || !there.isDirectory()) {
      throw new CliError(`${place} is there already, and is not overwritten. Remove it, or name another place.`);
    }
    if (readdirSync(target).length > 0) {
      throw new CliError(`The folder ${place} is not empty. Name one that is to be made, or a file ending in .zip.`);
    }
    return;
  }
  let above = dirname(target);
  while (orNothing(() => statSync(above)) === undefined) above = dirname(above);
  if (statSync(above).isDirectory()) return;
  throw new CliError(`${place} cannot be made: ${nearby(above)} is a file, not a folder.`);
}

/** Undefined where there is nothing, or where a file stands in the way to it. */
function orNothing(look: () => Stats): Stats | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** A crate is of results that are all there. Throws {@link CliError}. */
function checkComplete(session: Session, forecasts: readonly Forecast[]): void {
  const open = forecasts.filter(({ state }) => state !== 'cached' && state !== 'not-needed');
  if (open.length === 0) return;
  const names = new Set(open.map(({ node }) => node.target));
  const last = [...newestRuns(session.storeRoot)].find(({ profile }) => profile === session.plan.profile);
  const failed = last?.actions.find(({ target, status }) => status === 'failed' && names.has(target));
  const some = open.length === forecasts.length ? 'no results that are' : `${plural(open.length, 'result')} not`;
  throw new CliError(
    `There is nothing whole to export: the study has ${some} up to date${profileWords(session)}.\n` +
      `${failed === undefined ? '' : `${failed.target} failed in the last run: ${failed.failure?.split('\n')[0] ?? ''}\n`}` +
      `Make them with: ${commandLine(session, 'run')}`,
    EXIT.stageFailed,
  );
}

/** The newest run that gave, or found, all of these results. Throws {@link CliError} where none did. */
function runOf(session: Session, forecasts: readonly Forecast[]): RunRecord {
  for (const run of newestRuns(session.storeRoot)) {
    if (run.profile !== session.plan.profile) continue;
    const keys = new Map(run.actions.map(({ target, key, status }) => [target, status === 'failed' ? '' : key]));
    if (forecasts.every((item) => item.state !== 'cached' || keys.get(item.node.target) === item.key)) return run;
  }
  throw new CliError(
    `All results are there, but no single run has them all: they are of several runs, or were taken over.\n` +
      `This makes one of them, and computes nothing: ${commandLine(session, 'run')}`,
    EXIT.stageFailed,
  );
}

const profileWords = ({ plan }: Session): string =>
  plan.profile === null ? ' (without a profile; --profile names one)' : ` under profile ${plan.profile}`;

/** A command about the study as the crate has it, in the crate's folder. */
function commandLine({ plan, options }: Session, ...words: readonly string[]): string {
  const quoted = (word: string): string => (/^[\w./-]+$/.test(word) ? word : JSON.stringify(word));
  const file = basename(options.file);
  return [
    'driftline',
    ...words,
    ...(file === 'pipeline.yaml' ? [] : ['--file', quoted(file)]),
    ...(plan.profile === null ? [] : ['--profile', quoted(plan.profile)]),
  ].join(' ');
}

/** By path, each once. Throws {@link CliError} where a file of the study stands where the crate has another. */
function inOrder(files: readonly CrateFile[]): CrateFile[] {
  const byPath = new Map<string, CrateFile>();
  for (const file of files) {
    const other = byPath.get(file.path);
    if (other !== undefined && other.sha256 !== file.sha256) {
      throw new CliError(`The study takes ${file.path}, where the crate has a file of its own. Keep it elsewhere.`);
    }
    byPath.set(file.path, file);
  }
  return [...byPath.values()].sort((a, b) => compareCodePoints(a.path, b.path));
}

async function write(
  place: string,
  target: string,
  format: 'zip' | 'folder',
  files: readonly CrateFile[],
): Promise<void> {
  const making = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      // What a permission or a full disk refuses is worded where all commands word it.
      const { syscall, message } = error as NodeJS.ErrnoException;
      if (syscall === undefined || error instanceof StoreError) throw error;
      throw new CliError(`${place} cannot be made: ${message}`, EXIT.stageFailed);
    }
  };
  if (format === 'folder') {
    const { writeFolder } = await import('../../crate/folder.ts');
    making(() => writeFolder(target, files));
    return;
  }
  const { fitsZip, writeZip } = await import('../../crate/zip.ts');
  if (!fitsZip(files)) {
    throw new CliError(
      `${place} would hold more than a ZIP that every program reads: 65,535 files, or 4 GiB. Export to a folder.`,
    );
  }
  making(() => writeZip(target, files));
}
