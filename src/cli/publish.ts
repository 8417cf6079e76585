import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type OutFile, outFiles } from '../engine/layout.ts';
import type { ActionRecord } from '../store/actions.ts';
import { writeAtomically } from '../store/atomic.ts';
import { digestOf } from '../store/canonical.ts';
import { materialise } from '../store/materialise.ts';
import type { RunRecord } from '../store/runs.ts';
import { PACKAGE_ROOT, VERSION } from './package.ts';
import type { Session } from './session.ts';
import { claimResults, claimsDocument } from './verdicts.ts';

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
  whole: boolean,
): Promise<{ readonly reportPath: string | undefined; readonly files: readonly OutFile[] }> {
  const files = publishFiles(session, records, whole);
  if (!whole || records.size === 0) return { reportPath: undefined, files };
  const stamp = digestOf('report', {
    version: VERSION,
    plan: session.plan.params,
    keys: Object.fromEntries(run.actions.map(({ target, key }) => [target, key])),
  });
  const path = join(session.outRoot, 'report', 'index.html');
  const stampPath = join(session.storeRoot, 'report.stamp');
  if (existsSync(path) && readOrNone(stampPath) === `${path} ${stamp}`) return { reportPath: path, files };
  const claims = claimResults(session.plan, records, session.cas);
  writeJson(join(session.outRoot, 'claims.json'), claimsDocument(session.plan, claims));
  writeJson(join(session.outRoot, 'run.json'), runDocument(session, run));
  await writeReport(session, records, run, files);
  writeAtomically(stampPath, `${path} ${stamp}`);
  return { reportPath: path, files };
}

/** Draws the report from results, whatever is there. */
export async function writeReport(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  run: RunRecord,
  files: readonly OutFile[],
): Promise<string> {
  const { reportModel } = await import('./reportModel.ts');
  const { renderReport } = await import('../report/render.ts');
  const script = readFileSync(join(PACKAGE_ROOT, 'dist', 'report', 'page.js'), 'utf8');
  const path = join(session.outRoot, 'report', 'index.html');
  writeAtomically(path, renderReport(reportModel(session, records, run, files), { script }));
  return path;
}

/** Links the results' files into `out/` and removes those that an earlier run put there and this one does not have. */
function publishFiles(session: Session, records: ReadonlyMap<string, ActionRecord>, whole: boolean): OutFile[] {
  const files = [...session.graph.nodes.values()].flatMap((node) => {
    const record = records.get(node.target);
    return record === undefined ? [] : outFiles(node, record);
  });
  for (const { path, digest } of files) materialise(session.cas, digest, join(session.outRoot, path), session.stats);
  if (whole) {
    const listPath = join(session.storeRoot, 'out.json');
    const list = JSON.stringify({ root: session.outRoot, paths: files.map((file) => file.path) });
    const before = readOrNone(listPath);
    if (before !== list) {
      removeFormer(before, session.outRoot, new Set(files.map((file) => file.path)));
      writeAtomically(listPath, list);
    }
  }
  return files;
}

function removeFormer(before: string | undefined, outRoot: string, now: ReadonlySet<string>): void {
  let former: { root: string; paths: string[] };
  try {
    former = JSON.parse(before ?? '{"root":"","paths":[]}');
  } catch {
    return; // a damaged list: what it named stays
  }
  if (former.root !== outRoot) return;
  for (const path of former.paths) {
    // The list is state on disk: it may remove what lies in out/ and nothing else.
    const absolute = resolve(outRoot, path);
    if (!now.has(path) && absolute.startsWith(join(outRoot, '/'))) rmSync(absolute, { force: true });
  }
}

const runDocument = ({ plan }: Session, run: RunRecord): unknown => ({
  study: plan.study,
  version: VERSION,
  profile: plan.profile,
  seed: plan.seed,
  params: plan.params,
  sources: plan.sources,
  run: { id: run.id, startedAt: run.startedAt, seconds: run.seconds, jobs: run.jobs, ...run.counts },
  actions: run.actions,
});

const writeJson = (path: string, value: unknown): void => writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`);

const readOrNone = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
