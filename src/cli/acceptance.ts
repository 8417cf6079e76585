import type { Trial } from '../engine/acceptance.ts';
import type { Digest } from '../store/canonical.ts';
import type { CodeChange, StatedChange, Statement } from '../store/statements.ts';
import type { AcceptedShare } from './acceptedShares.ts';
import type { Accepting } from './commands/accept.ts';
import { columns, paint, plural, wrap } from './text.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const good = (): string => paint('green', '✓');
const bad = (): string => paint('red', '✗');
const short = (digest: string | null): string => digest?.slice(0, 12) ?? 'nothing';

/** Items of a list that are printed. */
const SHOWN = 10;

/** The share of actions for which it is said how likely a sample misses a change that shows in no more of them. */
const SHARE = 0.05;

/** Words what was or could be accepted, and what was not. */
export function printAccepting(found: Accepting): void {
  const { changes, refused, withheld, toRun, waiting, cached } = found;
  const rest = toRun.length + waiting.length;
  for (const change of changes) printChange(change, found.dryRun);
  for (const { stage, trials, recomputed } of refused) {
    const wrong = trials.length > 0 ? ` (${trials.length} of ${recomputed} recomputed)` : '';
    say(`${bad()} Nothing of ${stage} is accepted: ${reason(trials)}${wrong}.`);
    list(trials.flatMap(trialWords));
  }
  const downstream = withheld.filter((target) => !refused.some(({ targets }) => targets.includes(target)));
  if (downstream.length > 0) {
    say(`· Not accepted, for it is made of that: ${some(downstream)}.`);
  }
  if (found.accepted > 0) printOutcome(found);
  else if (refused.length > 0) say('Nothing was accepted: driftline run computes it.');
  else if (rest === 0) say(`Nothing to accept: all ${plural(cached, 'result')} are up to date.`);
  else say('Nothing to accept: no earlier result differs from what is to run in its code alone.');
  if (rest > 0) say(`· To run, for more than code changed or nothing like it was computed: ${some(toRun)}.`);
  if (waiting.length > 0) say(`· To be seen once that has run: ${plural(waiting.length, 'action')}.`);
}

function printChange({ kind, from, to, changes, stages }: StatedChange, dryRun: boolean): void {
  say(`${paint('bold', kind)} ${paint('dim', from === to ? short(to) : `${short(from)} → ${short(to)}`)}`);
  list(changes.map((change) => `  ${changeWords(change)}`));
  const rows = stages.map(({ stage, entry, accepted, recomputed }) => [
    `  ${stage}${entry === 'combine' ? ', combined' : ''}`,
    plural(accepted, 'action'),
    `${recomputed} ${dryRun ? 'would be recomputed' : 'recomputed'}`,
  ]);
  for (const row of columns(rows, ['left', 'right', 'left'])) say(row);
}

function changeWords({ what, name, from, to }: CodeChange): string {
  if (what === 'runtime') return `Node ${from} → ${to}`;
  if (what === 'package') return `package ${name}: ${from ?? 'none'} → ${to ?? 'none'}`;
  if (what === 'code') return `the code of ${name}: what it was made of is not recorded, or the bundler is another`;
  return `${name} ${from === null ? 'is new' : to === null ? 'is gone' : 'changed'}`;
}

function reason(trials: readonly Trial[]): string {
  const states = new Set(trials.map(({ state }) => state));
  if (states.has('unstable')) return 'it is unstable, computed twice it came out in two ways';
  if (states.has('changed')) return 'the new code gives other results';
  return states.has('failed') ? 'computing it again failed' : 'it shares an action with a stage that is not';
}

function trialWords(trial: Trial): string[] {
  if (trial.state === 'same') return [];
  if (trial.state === 'failed')
    return wrap(`${trial.target}: ${trial.failure.message}`, 96).map((line) => `    ${line}`);
  return trial.differences.map(
    ({ output, recorded, recomputed }) =>
      `    ${trial.target}: ${output} was ${short(recorded)} and came out as ${short(recomputed)}`,
  );
}

function printOutcome({ accepted, recomputed, statement, dryRun }: Accepting): void {
  if (dryRun) {
    say(
      `Could accept ${plural(accepted, 'action')}, of which ${recomputed} would be recomputed. Nothing was done; --because does it.`,
    );
    return;
  }
  if (statement === null) {
    say('Nothing was recorded: another process did, or is at, all of it.');
    return;
  }
  const trusted = accepted - recomputed;
  say(`${good()} Recomputed ${recomputed} of ${plural(accepted, 'action')}: the same bytes.`);
  if (trusted > 0) {
    say(
      `  ${trusted} taken on trust. A change that shows in ${SHARE * 100} % of the actions is missed by such a sample with a probability of ${chance(missed(recomputed, SHARE))}.`,
    );
  }
  say(`Accepted as statement ${short(statement)}. To take it back: driftline accept --revoke ${short(statement)}`);
}

/** The probability that a sample of `size` holds none of a share `share` of all: (1 − p)^k. */
const missed = (size: number, share: number): number => (1 - share) ** size;

const chance = (probability: number): string =>
  probability < 0.01 ? 'less than 1 %' : `${Math.round(probability * 100)} %`;

/** `driftline accept --list`. */
export function printStatements(all: readonly (Statement & { readonly id: Digest; readonly records: number })[]): void {
  if (all.length === 0) say('No results were accepted so far.');
  for (const { id, because, by, accepted, recomputed, records } of all) {
    say(`${paint('bold', short(id))} ${by.at} ${by.user} on ${by.host}: ${because}`);
    const still = records === accepted ? '' : `; ${records} of them still recorded`;
    say(`  ${plural(accepted, 'action')} accepted, ${recomputed.length} recomputed${still}`);
  }
}

/**
 * What `why` says of results that were accepted: by which statement, and how many of them were checked themselves.
 *
 * @param which how they are called: nothing, or `3 of them `
 * @param from the key of the action whose outputs a single one has
 */
export function acceptedWords(share: AcceptedShare, which: string, from: Digest | undefined): string[] {
  const { statement, because, by, actions, recomputed } = share;
  const origin = from === undefined ? '' : ` from ${short(from)}`;
  const head = `${which}accepted${origin} by statement ${short(statement)}`;
  if (by === null) return [`${head}, which is gone: driftline verify --repair`];
  const trusted = actions - recomputed;
  const lot = actions === 1 ? '' : trusted === 0 || recomputed === 0 ? 'all of them ' : '';
  const checked =
    trusted === 0
      ? `${lot}recomputed then, with the same bytes`
      : recomputed === 0
        ? `${lot}taken on trust: not among those that were recomputed then`
        : `${recomputed} of them recomputed then, with the same bytes; ${trusted} taken on trust`;
  return [`${head} of ${by.at.slice(0, 19).replace('T', ' ')} UTC: ${because}`, checked];
}

const some = (targets: readonly string[]): string =>
  `${targets.slice(0, 4).join(', ')}${targets.length > 4 ? ` and ${targets.length - 4} more` : ''}`;

function list(lines: readonly string[]): void {
  for (const line of lines.slice(0, SHOWN)) say(line);
  if (lines.length > SHOWN) say(paint('dim', `  and ${lines.length - SHOWN} more (--json names all)`));
}
