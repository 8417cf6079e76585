import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { OutFile } from '../engine/layout.ts';
import { digestOfPlan } from '../engine/planCache.ts';
import type { ActionRecord } from '../store/actions.ts';
import { canonical, type Digest, digestOf, sha256 } from '../store/canonical.ts';
import { readSealed, rememberSealed } from '../store/sealed.ts';
import type { PlannedCell } from '../study/plan.ts';
import { programDigest } from './package.ts';
import type { Session } from './session.ts';
import type { ClaimResult } from './verdicts.ts';

/** Size, modification time and inode of a file or folder: what changes when its content does. */
type Mark = readonly [path: string, size: number, mtimeMs: number, ino: number];

/**
 * What a run of a whole study left standing, and all that this rests on: plan, kinds, files of the study, records,
 * blobs and `out/`. While none of it changed, the next run would find every action cached and every file in place; so
 * it need not give all of them their keys to say so.
 */
export interface Standing {
  /** The run in whose journal these results are. */
  readonly run: string;
  readonly identity: string;
  readonly files: readonly (readonly [path: string, digest: string])[];
  readonly marks: readonly Mark[];
  readonly actions: number;
  readonly stages: readonly StageTotal[];
  readonly claims: readonly ClaimResult[];
  readonly reportPath: string | undefined;
  /** What a lock holds of it. */
  readonly results: readonly (readonly [target: string, digest: string])[];
}

/** A stage whose actions are all there: how many they are and took how long, and how many looks found superfluous. */
export interface StageTotal {
  readonly stage: string;
  readonly total: number;
  readonly seconds: number;
  readonly notNeeded: number;
}

const pathOf = (session: Session): string =>
  join(
    session.storeRoot,
    'standing',
    `${sha256(canonical([session.plan.profile, session.outRoot])).slice(0, 16)}.json`,
  );

/** What the last run of the whole study left, if it still stands. */
export function recallStanding(session: Session): Standing | undefined {
  try {
    const standing = readSealed<Standing>(pathOf(session));
    if (standing === undefined || standing.identity !== identityOf(session)) return undefined;
    const same =
      standing.files.every(([path, digest]) => session.stats.digest(join(session.studyRoot, path)) === digest) &&
      segmentsOf(session).join() === standing.marks.flatMap(([path]) => (isSegment(path) ? [path] : [])).join() &&
      standing.marks.every((mark) => markOf(mark[0]).join() === mark.join());
    return same ? standing : undefined;
  } catch {
    return undefined; // something that it rests on is gone
  }
}

/** Remembers what a run of the whole study left. */
export function rememberStanding(
  session: Session,
  run: string,
  records: ReadonlyMap<string, ActionRecord>,
  files: readonly OutFile[],
  claims: readonly ClaimResult[],
  reportPath: string | undefined,
  results: ReadonlyMap<string, Digest>,
): void {
  const inOut = [...files.map(({ path }) => path), 'claims.json', 'run.json', join('report', 'index.html')];
  const verdicts = session.plan.claims.flatMap(({ id }) => records.get(`claim:${id}`)?.outputs.verdict ?? []);
  const paths = [
    ...segmentsOf(session),
    // A blob that is added or removed marks its folder; those that this run reads again are marked themselves.
    ...foldersOf(session),
    ...verdicts.map(({ digest }) => session.cas.path(digest)),
    ...inOut.map((path) => join(session.outRoot, path)),
  ];
  const standing: Standing = {
    run,
    identity: identityOf(session),
    files: studyFiles(session).map((path) => [path, session.stats.digest(join(session.studyRoot, path))]),
    marks: paths.map(markOf),
    actions: records.size,
    stages: totals(session, records),
    claims,
    reportPath,
    results: [...results],
  };
  rememberSealed(pathOf(session), standing);
}

function totals({ graph }: Session, records: ReadonlyMap<string, ActionRecord>): StageTotal[] {
  const stages = new Map<string, { stage: string; total: number; seconds: number; notNeeded: number }>();
  for (const { target, stage } of graph.nodes.values()) {
    const sum = stages.get(stage.name) ?? { stage: stage.name, total: 0, seconds: 0, notNeeded: 0 };
    stages.set(stage.name, sum);
    const record = records.get(target);
    if (record === undefined) sum.notNeeded++;
    else {
      sum.total++;
      sum.seconds += record.seconds;
    }
  }
  return [...stages.values()];
}

/** What decides the keys but for the files of the study, where the results are put, and what draws the report. */
const identityOf = ({ plan, kinds, outRoot, stats }: Session): string =>
  digestOf('standing', {
    format: 6,
    program: programDigest(stats),
    plan: digestOfPlan(plan),
    kinds: Object.fromEntries([...kinds].map(([uses, kind]) => [uses, kind.digest])),
    node: process.versions.node,
    outRoot,
  });

/** Every file of the study whose content is in some key. */
export function studyFiles({ plan }: Session): string[] {
  const bound = (cell: PlannedCell): string[] =>
    Object.values(cell.inputs).flatMap((input) => (input.from === 'file' ? [input.path] : []));
  const all = plan.stages.flatMap(({ cells }) =>
    cells.flatMap((cell) => [...Object.values(cell.files), ...(cell.program?.code ?? []), ...bound(cell)]),
  );
  return [...new Set(all)];
}

const isSegment = (path: string): boolean => path.endsWith('.log');

function segmentsOf({ storeRoot }: Session): string[] {
  const folder = join(storeRoot, 'actions');
  return readdirSync(folder)
    .filter(isSegment)
    .sort()
    .map((name) => join(folder, name));
}

function foldersOf({ storeRoot }: Session): string[] {
  const folder = join(storeRoot, 'cas', 'sha256');
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

function markOf(path: string): Mark {
  const { size, mtimeMs, ino } = statSync(path);
  return [path, size, mtimeMs, ino];
}
