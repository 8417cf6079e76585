import type { StoredOutput } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import { Cas } from '../store/cas.ts';
import type { Port } from '../study/contract.ts';
import { decodeArrow, encodeArrow } from '../tables/arrow.ts';
import { fromCsv } from '../tables/csv.ts';
import type { Table } from '../tables/table.ts';
import { tableFrom, tableFromRows } from '../tables/tableFrom.ts';
import { type CheckpointWish, checkpointsOf } from './growth.ts';
import { importStage } from './kinds.ts';
import type { InputBlob, Task } from './task.ts';

/** An output that is not what the kind declares. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/**
 * Does one action in this thread: reads its inputs from the store, runs the kind, checks what it gives against the
 * declared outputs and puts it into the store; with `underWay`, what it adds to it is still to be awaited. Throws what
 * the kind throws, {@link OutputError}, or a store's error.
 */
export async function perform(
  task: Task,
  hooks: {
    progress(fraction: number): void;
    readonly signal: AbortSignal;
    readonly scratch: string;
    readonly checkpoint?: CheckpointWish;
  },
  underWay?: Promise<void>[],
): Promise<Record<string, StoredOutput>> {
  const cas = new Cas(task.storeRoot);
  const results = task.outputRoot === undefined ? cas : new Cas(task.outputRoot);
  const put: Put = (bytes) => results.put(bytes, underWay);
  const stage = await importStage(task.bundle);
  // biome-ignore lint/suspicious/noExplicitAny: the ports that gave these values their types are known only to the kind
  const inputs: any = Object.fromEntries(
    Object.entries(task.inputs).map(([name, input]) => [name, read(cas, name, input)]),
  );
  if (task.entry === 'combine') {
    const { params, looks = [] } = task;
    return store(put, task, await stage.replicates!.combine({ params, replicates: inputs, looks }));
  }
  const files = Object.fromEntries(Object.entries(task.files).map(([at, digest]) => [at, cas.get(digest)]));
  const checkpoint = checkpointsOf(task, hooks.checkpoint);
  return store(
    put,
    task,
    await stage.run({
      params: task.params,
      inputs,
      files,
      seed: task.seed,
      checkpoint,
      progress: hooks.progress,
      signal: hooks.signal,
      // Not copied: the folder may be made when it is asked for.
      get scratch() {
        return hooks.scratch;
      },
    }),
  );
}

function read(cas: Cas, name: string, input: InputBlob | readonly InputBlob[]): unknown {
  return Array.isArray(input) ? input.map((one) => readOne(cas, name, one)) : readOne(cas, name, input as InputBlob);
}

function readOne(cas: Cas, name: string, { digest, format }: InputBlob): Table | Uint8Array {
  const bytes = cas.get(digest);
  switch (format) {
    case 'table':
      return decodeArrow(bytes, `input ${name}`);
    case 'csv-table':
      return fromCsv(bytes.toString('utf8'), undefined, `input ${name}`);
    case 'json-table':
      return tableFromRows(JSON.parse(bytes.toString('utf8')), undefined, `input ${name}`);
    case 'bytes':
      return bytes;
  }
}

type Put = (bytes: Uint8Array) => Digest;

function store(put: Put, task: Task, given: unknown): Record<string, StoredOutput> {
  if (typeof given !== 'object' || given === null) {
    throw new OutputError(
      `the run gave ${given === null ? 'null' : typeof given}, expected an object of its outputs: ${names(task.outputs)}`,
    );
  }
  const extra = Object.keys(given).find((name) => task.outputs[name] === undefined);
  if (extra !== undefined)
    throw new OutputError(
      `the run gave an output "${extra}" that is not declared; declared are ${names(task.outputs)}`,
    );
  const stored: Record<string, StoredOutput> = {};
  for (const [name, port] of Object.entries(task.outputs)) {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined) {
      if (!port.optional) throw new OutputError(`the run left out its output "${name}"`);
    } else {
      stored[name] = storeOne(put, name, port, value);
    }
  }
  return stored;
}

function storeOne(put: Put, name: string, port: Port, value: unknown): StoredOutput {
  if (port.type === 'table') {
    const table = tableFrom(value, port.schema, `output "${name}"`);
    const bytes = encodeArrow(table);
    return { digest: put(bytes), bytes: bytes.length, rows: table.rows };
  }
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (!(bytes instanceof Uint8Array)) {
    throw new OutputError(
      `output "${name}": expected the bytes or the text of a .${port.extension} file, found ${typeof value}`,
    );
  }
  return { digest: put(bytes), bytes: bytes.length };
}

const names = (ports: Readonly<Record<string, Port>>): string => Object.keys(ports).join(', ') || 'none';
