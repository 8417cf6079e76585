import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type OutFile, outFiles } from '../engine/layout.ts';
import type { ActionRecord } from '../store/actions.ts';
import { writeAtomically } from '../store/atomic.ts';
import { digestOf } from '../store/canonical.ts';
import { materialise } from '../store/materialise.ts';
import { readPlainOrNone } from '../store/ownFile.ts';
import type { RunRecord } from '../store/runs.ts';
import { readSealed, writeSealed } from '../store/sealed.ts';
import { checkWay } from '../store/trust.ts';
import { acceptedShares } from './acceptedShares.ts';
import { lastTaggedRun } from './lastTaggedRun.ts';
import { PACKAGE_ROOT, programDigest, VERSION } from './package.ts';
import type { Session } from './session.ts';
import { type ClaimResult, claimsDocument } from './verdicts.ts';

/**
 * Brings `out/` up to date with the results: figures, tables, `claims.json`, `run.json` and the report. What is there
 * already is left alone. Returns the files, and the report's path where there was anything to report.
 *
 * @param whole whether the results are all of the study's: only then are files of former stages removed.
 */
export async function publish(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  run: RunRecord,
  claims: readonly ClaimResult[],
  whole: boolean,
): Promise<{ readonly reportPath: string | undefined; readonly files: readonly OutFile[] }> {
  const files = publishFiles(session, records, whole);
  if (!whole || records.size === 0) return { reportPath: undefined, files };
  const tagged = lastTaggedRun(session, run.id);
  const stamp = digestOf('report', {
    program: programDigest(session.stats),
    since: tagged === undefined ? null : [tagged.record.id, ...tagged.tags],
    plan: session.plan.params,
    keys: Object.fromEntries(run.actions.map(({ target, key }) => [target, key])),
    accepted: run.actions.flatMap(({ key, accepted }) => (accepted === undefined ? [] : [[key, accepted]])),
  });
  const path = join(session.outRoot, 'report', 'index.html');
  const stampPath = join(session.storeRoot, 'report.stamp');
  const documents = ['claims.json', 'run.json'].map((name) => join(session.outRoot, name));
  const digestAt = (file: string): string => (existsSync(file) ? session.stats.digest(file) : 'none');
  // With the bytes that were written: a file that was altered or removed since is written again.
  const written = (): string => [path, stamp, ...[path, ...documents].map(digestAt)].join(' ');
  if (readOrNone(stampPath) === written()) return { reportPath: path, files };
  checkWay(session.outRoot, documents[0], trusted(session));
  writeJson(documents[0], claimsDocument(session.plan, claims));
  writeJson(documents[1], runDocument(session, run));
  await writeReport(session, records, run, files, claims);
  writeAtomically(stampPath, written());
  return { reportPath: path, files };
}

/** Draws the report from results, whatever is there. */
export async function writeReport(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  run: RunRecord,
  files: readonly OutFile[],
  claims: readonly ClaimResult[],
): Promise<string> {
  const path = join(session.outRoot, 'report', 'index.html');
  checkWay(session.outRoot, path, trusted(session));
  writeAtomically(path, await reportText(session, records, run, files, claims));
  return path;
}

/** The report as one HTML file, which links to what lies beside it in `out/`. */
export async function reportText(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  run: RunRecord,
  files: readonly OutFile[],
  claims: readonly ClaimResult[],
): Promise<string> {
  const { reportModel } = await import('./reportModel.ts');
  const { changesSince } = await import('./reportChanges.ts');
  const { renderReport } = await import('../report/render.ts');
  const script = readFileSync(join(PACKAGE_ROOT, 'dist', 'report', 'page.js'), 'utf8');
  const changes = changesSince(session, run, lastTaggedRun(session, run.id));
  return renderReport(reportModel(session, records, run, files, claims, changes), { script });
}

/** Links the results' files into `out/` and removes those that an earlier run put there and this one does not have. */
function publishFiles(session: Session, records: ReadonlyMap<string, ActionRecord>, whole: boolean): OutFile[] {
  const files = [...session.graph.nodes.values()].flatMap((node) => {
    const record = records.get(node.target);
    return record === undefined ? [] : outFiles(node, record);
  });
  const known = trusted(session);
  const listPath = join(session.storeRoot, 'out.json');
  const former = formerPaths(listPath, session.outRoot);
  const paths = files.map((file) => file.path);
  // Before they are put there: whoever is killed on the way has told what is his, and the next whole run removes it.
  const all = [...new Set([...former, ...paths])];
  if (all.length > former.length) writeSealed(listPath, { root: session.outRoot, paths: all });
  for (const { path, digest } of files) {
    const target = join(session.outRoot, path);
    checkWay(session.outRoot, target, known);
    materialise(session.cas, digest, target, session.stats);
  }
  if (whole && all.length > paths.length) {
    removeFormer(former, session.outRoot, new Set(paths), known);
    writeSealed(listPath, { root: session.outRoot, paths });
  }
  return files;
}

/** A folder that `--out` names is where the person says it is, also through a link; \`out\` is not. */
const trusted = ({ studyRoot, outRoot }: Session): Set<string> =>
  new Set(outRoot === join(studyRoot, 'out') ? [] : [outRoot]);

function removeFormer(former: readonly string[], outRoot: string, now: ReadonlySet<string>, known: Set<string>): void {
  for (const path of former) {
    // The list is state on disk: it may remove what lies in out/ and nothing else, through no link either.
    const absolute = resolve(outRoot, path);
    if (now.has(path) || !absolute.startsWith(join(outRoot, '/'))) continue;
    checkWay(outRoot, absolute, known);
    if (lstatSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true) rmSync(absolute, { force: true });
  }
}

/** The paths of the last list, if it is of this folder; a damaged one names nothing, and what it named stays. */
function formerPaths(listPath: string, outRoot: string): string[] {
  const list = readSealed<{ root?: unknown; paths?: unknown } | null>(listPath);
  if (list?.root !== outRoot || !Array.isArray(list.paths)) return [];
  return list.paths.filter((path) => typeof path === 'string' && !path.includes('\0'));
}

/** `run.json`: what the run was asked for and did, with the key of every action. */
export const runDocument = ({ plan, storeRoot }: Session, run: RunRecord): unknown => ({
  study: plan.study,
  version: VERSION,
  profile: plan.profile,
  seed: plan.seed,
  params: plan.params,
  sources: plan.sources,
  run: { id: run.id, startedAt: run.startedAt, seconds: run.seconds, jobs: run.jobs, ...run.counts },
  accepted: acceptedShares(storeRoot, run.actions),
  actions: run.actions,
});

const writeJson = (path: string, value: unknown): void => writeAtomically(path, jsonText(value));

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const readOrNone = (path: string): string | undefined => readPlainOrNone(path)?.toString('utf8');
