import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { importStage, type LoadedKind } from '../engine/kinds.ts';
import { sha256 } from '../store/canonical.ts';
import { decodeArrow } from '../tables/arrow.ts';
import { fromCsv } from '../tables/csv.ts';
import { jsonRows } from '../tables/rows.ts';
import { tableFrom } from '../tables/tableFrom.ts';

type Given = Readonly<Record<string, { readonly path: string; readonly bytes: Buffer }>>;

/**
 * Runs a kind in this very thread, so that a debugger sees it: no store, no cache. A kind that combines replicates is
 * given one. Tables come back as rows, files as text.
 */
export async function runAlone(kind: LoadedKind, params: unknown, seed: string, given: Given): Promise<unknown> {
  const stage = await importStage(kind.bundle);
  const scratch = mkdtempSync(join(tmpdir(), 'driftline-'));
  try {
    // biome-ignore lint/suspicious/noExplicitAny: the ports that gave these values their types are known only to the kind
    const inputs: any = Object.fromEntries(Object.entries(given).map(([name, file]) => [name, readInput(file)]));
    const fileParams = Object.fromEntries(Object.entries(given).map(([name, { bytes }]) => [`/${name}`, bytes]));
    let outputs: Record<string, unknown> = await stage.run({
      params,
      inputs,
      files: fileParams,
      seed: sha256(seed),
      progress: () => undefined,
      signal: new AbortController().signal,
      scratch,
      checkpoint: { given: undefined, save: () => undefined },
    });
    if (stage.replicates !== undefined) {
      const tables = Object.entries(outputs).map(([name, value]) => [
        name,
        [asTable(value, stage.replicates?.outputs[name], name)],
      ]);
      outputs = await stage.replicates.combine({ params, replicates: Object.fromEntries(tables), looks: [] });
    }
    const ports = stage.outputs;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => {
        if (ports[name]?.type === 'file') return [name, Buffer.from(value as Uint8Array).toString('utf8')];
        return [name, jsonRows(asTable(value, ports[name], name))];
      }),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a port as the module declares it
const asTable = (value: unknown, port: any, name: string) => tableFrom(value, port?.schema, `output "${name}"`);

function readInput({ path, bytes }: Given[string]): unknown {
  if (extname(path) === '.csv') return fromCsv(bytes.toString('utf8'));
  return extname(path) === '.arrow' ? decodeArrow(bytes) : bytes;
}
