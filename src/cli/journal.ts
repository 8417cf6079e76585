import { newestRuns, type RunRecord, rememberRun, runIds, writeRun } from '../store/runs.ts';
import { isTagName, readTag, writeTag } from '../store/tags.ts';
import { CliError } from './exit.ts';
import type { Session } from './session.ts';

/**
 * Keeps what a run did, and returns the id under which its results can be named. A run that had nothing to do gets a
 * journal only where no earlier one has its results.
 */
export function keepJournal(storeRoot: string, record: RunRecord): string {
  if (record.counts.executed + record.counts.failed > 0) {
    writeRun(storeRoot, record);
    return record.id;
  }
  if (record.counts.skipped > 0) return record.id; // stopped before it did anything
  for (const earlier of newestRuns(storeRoot)) if (hasResultsOf(earlier, record)) return earlier.id;
  rememberRun(storeRoot, record);
  return record.id;
}

/** Whether a run gave all results that another one found, of the same study. */
function hasResultsOf(earlier: RunRecord, { profile, study, actions }: RunRecord): boolean {
  if (earlier.profile !== profile || JSON.stringify(settingsOf(earlier.study)) !== JSON.stringify(settingsOf(study))) {
    return false;
  }
  const keys = new Map(earlier.actions.map((action) => [action.target, action.key]));
  return actions.every(({ target, key }) => keys.get(target) === key);
}

const settingsOf = (study: RunRecord['study']) => study && [study.seed, study.params, study.stages];

/** Refuses a tag before anything is run. Throws {@link CliError}. */
export function checkTagOption(
  { storeRoot }: Session,
  options: { readonly tag?: string; readonly dryRun?: boolean },
): void {
  if (options.tag === undefined) return;
  if (options.dryRun) throw new CliError('--tag names a run, and --dry-run makes none: give one of them.');
  checkNewTag(storeRoot, options.tag);
}

/** Throws {@link CliError} for a name that no tag can have, or that one has. */
export function checkNewTag(storeRoot: string, name: string): void {
  checkTagName(name);
  const file = readTag(storeRoot, name);
  if (file === undefined) return;
  const has = file.tag === undefined ? 'There is a damaged tag' : `Run ${file.tag.run} has the tag`;
  throw new CliError(`${has} ${name} already. To give the name to another: driftline tag --delete ${name}`);
}

export function checkTagName(name: string): void {
  if (isTagName(name)) return;
  throw new CliError(
    `A run cannot be called ${JSON.stringify(name)}: a tag begins with a letter or digit, goes on with letters, digits, ` +
      'dots, hyphens and underscores, has at most 100 of them, and is not "last".',
  );
}

/** Gives a run a name, if one is asked for; false where the run is known no more. */
export function tagRun({ storeRoot }: Session, run: string, name: string | undefined): boolean {
  if (name === undefined) return true;
  if (!runIds(storeRoot).includes(run)) return false;
  writeTag(storeRoot, { name, run, taggedAt: new Date().toISOString() });
  return true;
}
