import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CrateFile } from '../crate/model.ts';
import type { Forecast } from '../engine/forecast.ts';
import { ActionLog, type LogEntry, parseManifest } from '../store/actions.ts';
import { compareCodePoints } from '../store/canonical.ts';
import { type RunRecord, writeRun } from '../store/runs.ts';
import { blob, byteFile } from './crateResults.ts';
import type { Session } from './session.ts';

/**
 * A store with the results of one run, all on the way included, and nothing of anyone's machine: the blobs, the records
 * with what explains their keys, and the run's journal. What was accepted instead of computed is left out, for what
 * answers for it is a person's statement.
 */
export function crateStore(session: Session, forecasts: readonly Forecast[], run: RunRecord): CrateFile[] {
  const { cas, log } = session;
  const explained = log.manifestTexts();
  const manifestOf = (key: string) => parseManifest(explained.get(key) ?? '');
  const entries = new Map<string, LogEntry>();
  for (const item of forecasts) {
    if (item.state !== 'cached' || item.record.accepted !== undefined || log.get(item.key) === undefined) continue;
    const manifest = manifestOf(item.key);
    if (manifest !== undefined) entries.set(item.key, { key: item.key, record: item.record, manifest });
  }
  const outputs = new Map(
    [...entries.values()].flatMap(({ record }) => Object.values(record.outputs).map((each) => [each.digest, each])),
  );
  const blobs = [...outputs.values()].map(({ digest, bytes }) =>
    blob(cas, `.driftline/cas/sha256/${digest.slice(0, 2)}/${digest.slice(2)}`, digest, bytes, { role: 'store' }),
  );
  return [...blobs, ...recordFiles([...entries.values()], manifestOf, run)];
}

/** Written by what writes any store, in a folder of their own, so that they are in its form. */
function recordFiles(
  entries: readonly LogEntry[],
  manifestOf: (key: string) => Readonly<Record<string, unknown>> | undefined,
  { host: _, ...run }: RunRecord,
): CrateFile[] {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-export-'));
  try {
    const log = new ActionLog(folder, run.id);
    const codes = new Set(entries.map(({ manifest }) => (manifest as { code: string }).code));
    for (const code of [...codes].sort(compareCodePoints)) {
      const explanation = manifestOf(code);
      if (explanation !== undefined) log.explain(code, explanation);
    }
    log.appendAll(entries);
    log.close();
    writeRun(folder, run);
    return ['actions', 'runs'].flatMap((part) =>
      readdirSync(join(folder, part))
        .sort(compareCodePoints)
        .map((name) =>
          byteFile(`.driftline/${part}/${name}`, readFileSync(join(folder, part, name)), { role: 'store' }),
        ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
