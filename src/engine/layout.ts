import { join } from 'node:path';
import type { ActionRecord } from '../store/actions.ts';
import { type Digest, sha256 } from '../store/canonical.ts';
import type { ActionNode } from './graph.ts';

/** A file of `out/`: its path below it, and the blob that it is. */
export interface OutFile {
  readonly path: string;
  readonly digest: Digest;
  readonly stage: string;
  readonly output: string;
}

/** Extensions of what a figure stage draws. */
const FIGURE = new Set(['svg', 'png', 'pdf', 'html', 'vl.json']);

/** Outputs of the kind that gathers a stage's cells, and the extensions under which they stand in `tables/`. */
const TABLE_FORMATS = { table: 'arrow', csv: 'csv', parquet: 'parquet' } as const;

/** Bytes of a file's name that every file system takes, less some for what may be put before it. */
const LONGEST_NAME = 240;

/** A name with its extension; one that is too long, as ids of cells may be, is cut and told apart by a digest. */
function fileName(name: string, extension: string): string {
  const whole = `${name}.${extension}`;
  if (Buffer.byteLength(whole) <= LONGEST_NAME) return whole;
  const end = `~${sha256(name).slice(0, 16)}.${extension}`;
  const room = LONGEST_NAME - Buffer.byteLength(end);
  let cut = '';
  for (const character of name) {
    if (Buffer.byteLength(cut + character) > room) break;
    cut += character;
  }
  return cut + end;
}

/** Where the results of finished actions stand in `out/`: `figures/`, `tables/`, and `files/` for the rest. */
export function outFiles(node: ActionNode, record: ActionRecord): OutFile[] {
  const stage = node.stage.name;
  if (stage.startsWith('claim:') || node.role === 'decide') return [];
  if (node.role === 'gather') {
    if (node.target.includes('[')) return []; // part of a stage's cells, gathered for one reader
    const output = node.target.slice(stage.length + 1);
    return Object.entries(TABLE_FORMATS).flatMap(([name, extension]) => {
      const stored = record.outputs[name];
      return stored
        ? [{ path: join('tables', `${node.target}.${extension}`), digest: stored.digest, stage, output }]
        : [];
    });
  }
  const files: OutFile[] = [];
  for (const [output, port] of Object.entries(node.stage.outputs)) {
    const stored = record.outputs[output];
    if (port.type !== 'file' || stored === undefined || node.replicate !== null) continue;
    const cell = node.cell?.id ? `-${node.cell.id}` : '';
    const [folder, name] = FIGURE.has(port.extension)
      ? ['figures', `${stage}${cell}`]
      : ['files', `${stage}${cell}.${output}`];
    files.push({ path: join(folder, fileName(name, port.extension)), digest: stored.digest, stage, output });
  }
  return files;
}
