import { dirname } from 'node:path';
import type { Decision } from '../engine/decision.ts';
import type { Finding } from '../engine/explain/cause.ts';
import type { Root } from '../engine/explain/roots.ts';
import type { Explained, Explanation, Made, NotNeeded } from '../engine/explain/why.ts';
import { acceptedWords } from './acceptance.ts';
import { acceptedShares } from './acceptedShares.ts';
import { causeWords } from './causeWords.ts';
import { keyLists, keyWords } from './ownKeys.ts';
import type { StudyOptions } from './session.ts';
import { duration, number, paint, plural } from './text.ts';

/** Root causes, and runs, that are printed unless all are asked for. */
const SHOWN = 8;

interface WhyOptions extends StudyOptions {
  readonly all?: boolean;
  readonly storeRoot: string;
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Words an explanation: what would run first, each with its root causes, then what is there. */
export function printExplanation(
  name: string,
  { counts, pending, made, empty, notNeeded }: Explanation,
  options: WhyOptions,
): void {
  const profile = options.profile ?? null;
  const alone = Object.values(counts).reduce((sum, one) => sum + one, 0) === 1;
  if (pending !== undefined) {
    const because = pending.roots.length > 0 ? `, because${otherProfile(pending, profile)}` : '';
    say(`${paint('bold', name)}: ${alone ? soleState(pending.actions[0]) : stateWords(counts)}${because}`);
    printRoots(pending, name, options);
  }
  for (const one of options.all ? made : made.slice(0, SHOWN)) printMade(name, one, alone, options);
  const more = made.length - SHOWN;
  if (more > 0 && !options.all) say(paint('dim', `Results of ${plural(more, 'earlier run')} are left out (--all).`));
  for (const target of empty) say(`${paint('bold', target)}: nothing to gather, for every cell left that output out`);
  printNotNeeded(name, notNeeded, alone, options);
}

/** Under which profile what it is compared with was made, where that is another. */
function otherProfile({ actions, upstream }: Explained, profile: string | null | undefined): string {
  const others = new Set(
    [...actions, ...upstream].flatMap(({ before, causes }) =>
      before?.profile === undefined || before.profile === profile || causes.length === 0 ? [] : [before.profile],
    ),
  );
  if (others.size === 0 || profile === undefined) return '';
  const names = [...others].map((other) => (other === null ? 'without a profile' : `under profile ${other}`));
  return ` (compared with what it was ${names.join(' and ')})`;
}

function printNotNeeded(name: string, items: Explanation['notNeeded'], alone: boolean, { all }: WhyOptions): void {
  if (items.length === 0) return;
  if (!alone) say(`${paint('bold', name)}: ${plural(items.length, 'action')} not needed`);
  const byLook = new Map<string, NotNeeded[]>();
  for (const item of items) byLook.set(item.by, [...(byLook.get(item.by) ?? []), item]);
  const groups = [...byLook];
  for (const [by, group] of all ? groups : groups.slice(0, SHOWN)) {
    const because = `for ${by} found the replicates before ${group.length === 1 ? 'it' : 'them'} enough`;
    const [{ target, decision }] = group;
    const which = group.length === 1 ? target : `${group.length}, such as ${target},`;
    say(alone ? `${paint('bold', name)}: not needed, ${because}` : `  ${which} ${because}`);
    say(`${alone ? '' : '  '}  ${decisionWords(decision)}`);
  }
  const more = groups.length - SHOWN;
  if (more > 0 && !all) say(paint('dim', `  and after ${plural(more, 'further look')} (--all)`));
}

/** `6 replicates: mean 2.4312 ± 0.0098 at confidence 0.99, which is 0.4 % of the mean` */
function decisionWords({ replicates, mean, halfWidth, confidence, relative }: Decision): string {
  const share = relative === null ? '' : `, which is ${digits(relative * 100, 2)} % of the mean`;
  const interval = `${number(mean)} ± ${digits(halfWidth, 3)} at confidence ${digits(confidence, 4)}`;
  return `${replicates} replicates: mean ${interval}${share}`;
}

const digits = (value: number, count: number): string => String(Number(value.toPrecision(count)));

function soleState({ state, links, gate }: Finding): string {
  if (gate !== undefined) return `runs if ${gate}, which is to run, asks for more replicates`;
  switch (state) {
    case 'shared':
      return `the same computation as ${links[0].target}, which is to run`;
    case 'depends':
      return 'runs unless its inputs turn out as before';
    default:
      return 'to run';
  }
}

function stateWords({ run, depends, shared, cached }: Explanation['counts']): string {
  const parts = [
    ...(run > 0 ? [`${plural(run, 'action')} to run`] : []),
    ...(depends > 0 ? [`${plural(depends, 'action')} to run unless the inputs turn out as before`] : []),
    ...(shared > 0 ? [`${shared} the same as others`] : []),
    ...(cached > 0 ? [`${cached} cached`] : []),
  ];
  return parts.join(', ');
}

function printMade(name: string, made: Made, alone: boolean, options: WhyOptions): void {
  const { hits, run, host } = made;
  const seconds = hits.reduce((sum, hit) => sum + hit.seconds, 0);
  const what = alone ? 'cached' : `${plural(hits.length, 'action')} cached`;
  const other = hits.filter((hit) => hit.as !== hit.target);
  const where = host === undefined ? '' : ` on ${host}`;
  say(`${paint('bold', name)}: ${what}`);
  say(`  computed in ${duration(seconds)} by run ${run}${where}${timeWords(made)}`);
  if (other.length > 0) {
    const [{ target, as }] = other;
    say(alone ? `  as ${as}` : `  ${other.length} of them under another name (${target} as ${as})`);
  }
  const again = hits.find(({ first }) => first !== undefined);
  if (again !== undefined) say(`  first done by run ${again.first}${alone ? '' : ` (${again.target})`}`);
  printSigned(made, alone, options);
  printAccepted(made, alone, options);
  const look = alone ? hits[0].decision : undefined;
  if (look !== undefined) say(`  ${decisionWords(look)}: ${look.verdict}`);
  if (made.roots.length > 0) say(`  which ran it because${otherProfile(made, made.profile)}`);
  printRoots(made, name, options);
}

/** Who answers for results that came from a shared cache. */
function printSigned({ hits }: Made, alone: boolean, { storeRoot }: WhyOptions): void {
  const signers = new Map<string, number>();
  for (const { signedBy } of hits) if (signedBy !== undefined) signers.set(signedBy, (signers.get(signedBy) ?? 0) + 1);
  if (signers.size === 0) return;
  const lists = keyLists(dirname(storeRoot));
  for (const [id, many] of signers) {
    const which = alone || many === hits.length ? '' : `${many} of them `;
    say(`  ${which}fetched from a shared cache, signed by ${keyWords(id, lists)}`);
  }
}

/** Results that other code computed: by which statements they were accepted, and how many were computed again. */
function printAccepted({ hits }: Made, alone: boolean, { storeRoot }: WhyOptions): void {
  const shares = acceptedShares(
    storeRoot,
    hits.map(({ key, accepted }) => ({ key, accepted: accepted?.statement })),
  );
  for (const share of shares) {
    const which = share.actions === hits.length ? '' : `${share.actions} of them `;
    for (const line of acceptedWords(share, which, alone ? hits[0].accepted?.from : undefined)) say(`  ${line}`);
  }
}

const timeWords = ({ startedAt }: Made): string =>
  startedAt === undefined ? '' : `, ${startedAt.slice(0, 19).replace('T', ' ')} UTC`;

function printRoots({ roots }: Explained, name: string, options: WhyOptions): void {
  for (const group of grouped(options.all ? roots : roots.slice(0, SHOWN))) printGroup(group, name, options);
  const more = roots.length - SHOWN;
  if (more > 0 && !options.all) say(paint('dim', `    and ${plural(more, 'further cause')} (--all)`));
}

/** Causes found in the very same actions, as when two parameters of a stage were edited. */
function grouped(roots: readonly Root[]): Root[][] {
  const groups = new Map<string, Root[]>();
  for (const root of roots) {
    const place = JSON.stringify([root.example, root.stages]);
    groups.set(place, [...(groups.get(place) ?? []), root]);
  }
  return [...groups.values()];
}

function printGroup(group: readonly Root[], name: string, options: StudyOptions): void {
  for (const root of group) {
    // What is new is what was asked about: no need to name it again.
    const isAsked = root.cause.kind === 'first' && Object.keys(root.stages).join() === stageOf(name);
    const [first, ...more] = (isAsked ? 'never computed before' : causeWords(root)).split('\n');
    say(`    ${paint('yellow', first)}`);
    for (const line of more) say(`      ${line}`);
    if (root.cause.kind === 'failed') say(`      to see it again: ${command(root.cause.target, options)}`);
  }
  const [{ example, stages, actions, path, cause }] = group;
  if (example === name || cause.kind === 'first') return;
  const way = wayWords(path);
  if (NAMES_ITSELF.has(cause.kind)) {
    if (way !== '') say(paint('dim', `      ${way}`));
    return;
  }
  const [[stage], ...others] = Object.entries(stages);
  const inOthers = others.length === 0 ? '' : ` and of ${others.map(([other]) => other).join(', ')}`;
  const where = actions === 1 ? example : `${plural(actions, 'action')} of ${stage}${inOthers} (e.g. ${example})`;
  say(paint('dim', `      in ${where}${way === '' ? '' : ` ${way}`}`));
}

/** By way of which stages a cause comes to what was asked about. */
function wayWords(path: readonly string[]): string {
  const stages = path.map(stageOf).filter((stage, at, all) => stage !== all[at - 1]);
  return stages.length > 1 ? `→ ${stages.slice(1).join(' → ')}` : '';
}

const stageOf = (target: string): string => /^[^.[#]*/.exec(target)![0];

/** Causes that say where they are. */
const NAMES_ITSELF: ReadonlySet<string> = new Set(['cell', 'replicate', 'look', 'order']);

function command(target: string, { file, profile, set }: StudyOptions): string {
  const words = ['driftline', 'run', target];
  if (file !== 'pipeline.yaml') words.push('--file', file);
  if (profile !== undefined) words.push('--profile', profile);
  for (const [key, value] of Object.entries(set)) words.push('--set', `${key}=${value}`);
  return words.map((word) => (/^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
