import type { CrateFile, FileRole, StageWork } from '../crate/model.ts';
import { outFiles } from '../engine/layout.ts';
import type { ActionRecord } from '../store/actions.ts';
import { sha256 } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import { type LockSection, lockText } from '../store/lockFile.ts';
import type { RunRecord } from '../store/runs.ts';
import { jsonText, reportText, runDocument } from './publish.ts';
import type { Session } from './session.ts';
import { claimResults, claimsDocument } from './verdicts.ts';

/**
 * What a run puts into `out/`, and the lock of its results: made anew from the store, so that it does not matter what
 * another profile's run, or a person, did to `out/` since.
 */
export async function crateResults(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  run: RunRecord,
  results: LockSection,
): Promise<CrateFile[]> {
  const { plan, cas } = session;
  const files = [...session.graph.nodes.values()].flatMap((node) => {
    const record = records.get(node.target);
    return record === undefined ? [] : outFiles(node, record);
  });
  const sizes = new Map(
    [...records.values()].flatMap(({ outputs }) => Object.values(outputs).map(({ digest, bytes }) => [digest, bytes])),
  );
  const claims = claimResults(plan, records, cas);
  return [
    ...files.map(({ path, digest, stage, output }) =>
      blob(cas, `out/${path.replaceAll('\\', '/')}`, digest, sizes.get(digest) as number, {
        role: 'result',
        stage,
        output,
      }),
    ),
    textFile('out/claims.json', jsonText(claimsDocument(plan, claims)), { role: 'verdicts' }),
    textFile('out/run.json', jsonText(runDocument(session, run)), { role: 'journal' }),
    textFile('out/report/index.html', await reportText(session, records, run, files, claims), { role: 'report' }),
    textFile('driftline.lock', lockText(new Map([[plan.profile, results]])), { role: 'lock' }),
  ];
}

export const blob = (cas: Cas, path: string, digest: string, bytes: number, about: FileRole): CrateFile => ({
  path,
  bytes,
  sha256: digest,
  about,
  read: () => cas.get(digest),
});

const textFile = (path: string, text: string, about: FileRole): CrateFile => byteFile(path, Buffer.from(text), about);

export const byteFile = (path: string, bytes: Uint8Array, about: FileRole): CrateFile => ({
  path,
  bytes: bytes.length,
  sha256: sha256(bytes),
  about,
  read: () => bytes,
});

/** What computing each stage came to, with all that was on the way to it. */
export function workOf({ graph }: Session, records: ReadonlyMap<string, ActionRecord>): Map<string, StageWork> {
  const work = new Map<string, { actions: number; seconds: number; runs: string[] }>();
  for (const { target, stage } of graph.nodes.values()) {
    const sum = work.get(stage.name) ?? { actions: 0, seconds: 0, runs: [] };
    work.set(stage.name, sum);
    const record = records.get(target);
    if (record === undefined || record.run === '') continue;
    sum.actions++;
    sum.seconds += record.seconds;
    if (!sum.runs.includes(record.run)) sum.runs.push(record.run);
  }
  return work;
}
