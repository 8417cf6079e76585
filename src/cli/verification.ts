import type { Recomputation } from '../engine/recompute.ts';
import type { BadBlob } from '../store/audit.ts';
import type { Verification } from './commands/verify.ts';
import { lockWords } from './lock.ts';
import { bytes, paint, plural, wrap } from './text.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const good = (): string => paint('green', '✓');
const bad = (): string => paint('red', '✗');

/** Items of a list that are printed. */
const SHOWN = 10;

/** Words what a verification found: the store, the recomputed results, the lock. */
export function printVerification({ store, recomputed, lock }: Verification): void {
  printStore(store);
  printRecomputed(recomputed);
  switch (lock.state) {
    case 'absent':
      say('· There is no driftline.lock with results of this profile: driftline run --lock writes it.');
      break;
    case 'other-parameters':
      say('· driftline.lock is about the study as it is written: it was not compared, for --set changes it.');
      break;
    case 'same': {
      const open = lock.pending > 0 ? `; ${lock.pending} of them not computed yet` : '';
      say(`${good()} driftline.lock agrees: ${plural(lock.locked, 'result')}${open}.`);
      break;
    }
    case 'differs':
      say(`${bad()} ${lockWords(lock)}`);
      break;
  }
}

function printStore(store: Verification['store']): void {
  printState(store);
  if (store.torn > 0) {
    say(`· ${plural(store.torn, 'line')} of its records cut short by a stop: what they were to record runs again.`);
  }
}

function printState(store: Verification['store']): void {
  if (store.state === 'whole') {
    say(
      `${good()} The store is whole: ${plural(store.blobs, 'blob')} (${bytes(store.bytes)}), ${plural(store.records, 'record')}.`,
    );
    return;
  }
  const { damaged, missing, statements, lines, files } = store;
  const parts = [
    ...(damaged.length > 0 ? [`${plural(damaged.length, 'damaged blob')}`] : []),
    ...(missing.length > 0 ? [`${plural(missing.length, 'missing blob')}`] : []),
    ...(statements.length > 0 ? [`${plural(statements.length, 'missing or damaged statement')}`] : []),
    ...(lines > 0 ? [`${plural(lines, 'damaged line')} in its records`] : []),
    ...(files.length > 0 ? [plural(files.length, 'damaged file')] : []),
  ];
  say(`${bad()} The store has ${parts.join(', ')}:`);
  const blob = (what: string, { digest, targets }: BadBlob): string =>
    `  ${what} blob ${digest.slice(0, 12)}${targets.length > 0 ? `, of ${[...new Set(targets)].join(', ')}` : ', of no record'}`;
  list([
    ...damaged.map((one) => blob('damaged', one)),
    ...missing.map((one) => blob('missing', one)),
    ...statements.map(
      ({ digest, targets }) => `  missing or damaged statement ${digest.slice(0, 12)}, behind ${targets.join(', ')}`,
    ),
    ...files.map((path) => `  damaged file ${path}`),
  ]);
  if (store.state === 'repaired')
    say('  Repaired: all of it was removed. driftline run computes again what is needed.');
  else say('  driftline verify --repair removes it, so that driftline run computes again what is needed.');
}

function printRecomputed({ jobs, current, outdated, skipped, results, revoked }: Verification['recomputed']): void {
  const wrong = results.filter(({ state }) => state !== 'same');
  if (current === 0) say('· Nothing was recomputed: there are no results that are up to date.');
  else if (results.length === 0) say('· Nothing was recomputed.');
  else if (wrong.length === 0) {
    say(
      `${good()} Recomputed ${results.length} of ${plural(current, 'result')} with ${plural(jobs, 'worker')}: the same bytes.`,
    );
  } else {
    say(`${bad()} ${wrong.length} of ${plural(results.length, 'recomputed result')} did not come out as recorded:`);
    for (const [stage, items] of byStage(wrong)) {
      const unstable = items.some(({ state }) => state === 'differs') ? `  ${stage} is unstable` : `  ${stage} failed`;
      say(paint('bold', unstable));
      list(items.flatMap(words));
    }
    printWrong(results, revoked);
  }
  if (outdated > 0 && current > 0) say(`· Left out, for they are to run first: ${plural(outdated, 'action')}.`);
  if (skipped.length > 0) say(`· Not recomputed, for what they are made of is damaged: ${skipped.join(', ')}.`);
}

/** Statements of which a result came out otherwise. */
function printWrong(results: readonly Recomputation[], revoked: readonly string[]): void {
  const wrong = new Set(results.flatMap(({ state, statement }) => (state === 'differs' && statement) || []));
  for (const id of wrong) {
    const short = id.slice(0, 12);
    say(
      revoked.includes(id)
        ? `  Statement ${short} proved wrong and was taken back: driftline run computes what was accepted by it.`
        : `  Statement ${short} accepted some of it and proved wrong: driftline accept --revoke ${short}`,
    );
  }
}

function words(item: Recomputation): string[] {
  if (item.state === 'same') return [];
  if (item.state === 'failed') return wrap(`${item.target}: ${item.failure.message}`, 96).map((line) => `    ${line}`);
  const short = (digest: string | null): string => digest?.slice(0, 12) ?? 'nothing';
  return item.differences.map(
    ({ output, recorded, recomputed }) =>
      `    ${item.target}: ${output} was ${short(recorded)} and came out as ${short(recomputed)}`,
  );
}

function byStage(items: readonly Recomputation[]): Map<string, Recomputation[]> {
  const stages = new Map<string, Recomputation[]>();
  for (const item of items) stages.set(item.stage, [...(stages.get(item.stage) ?? []), item]);
  return stages;
}

function list(lines: readonly string[]): void {
  for (const line of lines.slice(0, SHOWN)) say(line);
  if (lines.length > SHOWN) say(paint('dim', `  and ${lines.length - SHOWN} more (--json names all)`));
}
