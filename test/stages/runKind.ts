import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AnyStage } from '../../src/engine/describe.ts';
import { sha256 } from '../../src/store/canonical.ts';
import type { ParameterProblem, Port } from '../../src/study/contract.ts';
import { decodeArrow, encodeArrow } from '../../src/tables/arrow.ts';
import { rowsOf } from '../../src/tables/rows.ts';
import type { Table, Value } from '../../src/tables/table.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';

type Params = Readonly<Record<string, unknown>>;
type Tables = Readonly<Record<string, Table>>;

const ajv = new Ajv2020({ allErrors: true, useDefaults: true, strict: false });

/** Parameters with the defaults of the kind's schema; throws when the schema refuses them. */
export function resolved(kind: AnyStage, params: Params): Params {
  const copy = structuredClone(params) as Record<string, unknown>;
  const validate = ajv.compile(JSON.parse(JSON.stringify(kind.params)));
  if (validate(copy)) return copy;
  throw new TypeError((validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`).join('; '));
}

/** What the kind itself says against parameters that its schema accepts. */
export const problemsOf = (kind: AnyStage, params: Params): readonly ParameterProblem[] =>
  kind.check?.(resolved(kind, params)) ?? [];

/** Runs a kind as the engine does: parameters resolved and checked, outputs held against the ports, through Arrow and back. */
export async function runKind(kind: AnyStage, params: Params, { seed = 'test', replicates = 1 } = {}): Promise<Tables> {
  const given = resolved(kind, params);
  const problems = kind.check?.(given) ?? [];
  if (problems.length > 0) throw new TypeError(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const runs: Tables[] = [];
  for (let replicate = 0; replicate < replicates; replicate++)
    runs.push(await runOnce(kind, given, `${seed}/${replicate}`));
  return kind.replicates === undefined ? runs[0] : combineKind(kind, given, runs);
}

async function runOnce(kind: AnyStage, params: Params, seed: string): Promise<Tables> {
  const given = await kind.run({
    params,
    inputs: {},
    files: {},
    seed: sha256(seed),
    progress: () => undefined,
    signal: new AbortController().signal,
    scratch: '/nowhere',
    checkpoint: { given: undefined, save: () => undefined },
  });
  return held(given, kind.replicates?.outputs ?? kind.outputs);
}

/** Combines what replicates gave, tables by output name. */
export async function combineKind(
  kind: AnyStage,
  params: Params,
  runs: readonly Tables[],
  looks: readonly number[] = [],
): Promise<Tables> {
  const ports = kind.replicates!.outputs as Readonly<Record<string, Port>>;
  const stacked = Object.keys(ports).map((name) => [name, runs.flatMap((run) => run[name] ?? [])]);
  const given = await kind.replicates!.combine({
    params: resolved(kind, params),
    replicates: Object.fromEntries(stacked),
    looks,
  });
  return held(given as Readonly<Record<string, unknown>>, kind.outputs);
}

/** Tables as the next stage reads them. Throws for an output that is missing, not declared, or of another shape. */
function held(given: Readonly<Record<string, unknown>>, ports: Readonly<Record<string, Port>>): Tables {
  const extra = Object.keys(given).filter((name) => ports[name] === undefined);
  if (extra.length > 0) throw new TypeError(`outputs that are not declared: ${extra.join(', ')}`);
  const tables: Record<string, Table> = {};
  for (const [name, port] of Object.entries(ports)) {
    if (given[name] === undefined) {
      if (port.optional !== true) throw new TypeError(`the output ${name} is missing`);
    } else {
      const schema = port.type === 'table' ? port.schema : undefined;
      tables[name] = decodeArrow(encodeArrow(tableFrom(given[name], schema, name)));
    }
  }
  return tables;
}

/** The only row of a table. */
export function rowOf(table: Table): Record<string, Value> {
  if (table.rows !== 1) throw new TypeError(`expected one row, found ${table.rows}`);
  return rowsOf(table)[0];
}

export const numbers = (table: Table, column: string): number[] =>
  Array.from(table.columns[column] as ArrayLike<number>);

/** The table's identity: what a cache compares and what a second machine has to reproduce. */
export const digest = (table: Table): string => sha256(encodeArrow(table));
