import { dirname, resolve } from 'node:path';
import type { DescribedKind } from '../../engine/describe.ts';
import { Kinds, type LoadedKind } from '../../engine/kinds.ts';
import { StatCache } from '../../store/statCache.ts';
import type { Port } from '../../study/contract.ts';
import { CliError, EXIT } from '../exit.ts';
import { PACKAGE_ROOT } from '../package.ts';
import type { StudyOptions } from '../session.ts';
import { storeOf } from '../storeFolder.ts';
import { columns, paint } from '../text.ts';

/** Kinds as seen from the folder of the study file; it need not exist. */
function kindsOf({ file }: Pick<StudyOptions, 'file'>): Kinds {
  const study = dirname(resolve(file));
  const storeRoot = storeOf(study);
  return new Kinds(storeRoot, { study, package: PACKAGE_ROOT }, new StatCache(storeRoot, study));
}

/** Every kind that can be loaded. A module beside them that is none, or is broken, is told of and is no hindrance. */
export async function loadAll(kinds: Kinds): Promise<LoadedKind[]> {
  const loaded = kinds.names().map(async (name) => {
    try {
      return await kinds.load(name);
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
      return undefined;
    }
  });
  return (await Promise.all(loaded)).filter((kind) => kind !== undefined);
}

/** `driftline stage list`. */
export async function stageListCommand(options: Pick<StudyOptions, 'file'> & { json?: boolean }): Promise<number> {
  const kinds = kindsOf(options);
  const found = await loadAll(kinds);
  const rows = found.map(({ uses, contract }) => ({ name: uses, summary: contract.summary }));
  if (options.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else process.stdout.write(`${columns(rows.map(({ name, summary }) => [paint('bold', name), summary])).join('\n')}\n`);
  return EXIT.done;
}

/** `driftline stage describe <kind>`: parameters, inputs and outputs with their columns. */
export async function stageDescribeCommand(
  name: string,
  options: Pick<StudyOptions, 'file'> & { json?: boolean },
): Promise<number> {
  const { contract } = await findKind(name, options);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ name, ...contract }, null, 2)}\n`);
    return EXIT.done;
  }
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  say(`${paint('bold', name)}  ${contract.summary}`);
  section('with:', describeParams(contract.params));
  section('inputs:', [
    ...Object.entries(contract.inputs).map(describePort),
    ...(contract.otherInputs ? [['any name', portWords(contract.otherInputs)]] : []),
  ]);
  section('outputs:', Object.entries(contract.outputs).map(describePort));
  if (contract.grows) say(`\nA larger ${contract.grows} continues from a smaller one.`);
  return EXIT.done;
}

function section(title: string, rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  process.stdout.write(
    `\n${title}\n${columns(rows)
      .map((line) => `  ${line}`)
      .join('\n')}\n`,
  );
}

interface Property {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Property>>;
}

function describeParams(schema: DescribedKind['params']): string[][] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Property>>;
  const required = new Set((schema.required ?? []) as string[]);
  return Object.entries(properties).map(([name, property]) => {
    const absent =
      property.default !== undefined
        ? `default ${JSON.stringify(property.default)}`
        : required.has(name)
          ? 'required'
          : 'optional';
    return [name, typeWords(property), absent, property.description ?? ''];
  });
}

function typeWords(property: Property): string {
  if (property.const !== undefined) return JSON.stringify(property.const);
  if (property.enum !== undefined) return property.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (property.anyOf !== undefined) return [...new Set(property.anyOf.map(typeWords))].join(' | ');
  if (property.type === 'array') return `list of ${property.items ? typeWords(property.items) : 'values'}`;
  if (property.properties !== undefined) return `{ ${Object.keys(property.properties).join(', ')} }`;
  return property.type ?? 'any';
}

const describePort = ([name, port]: [string, Port]): string[] => [
  name,
  `${portWords(port)}${port.optional ? ' (optional)' : ''}`,
];

const portWords = (port: Port): string =>
  port.type === 'file'
    ? `a .${port.extension} file`
    : port.schema === undefined
      ? 'table'
      : `table (${Object.entries(port.schema)
          .map(([column, type]) => `${column} ${type}`)
          .join(', ')})`;

/** Throws {@link CliError} where there is no kind of that name. */
export async function findKind(name: string, options: Pick<StudyOptions, 'file'>) {
  const kinds = kindsOf(options);
  const kind = await kinds.load(name);
  if (kind === undefined)
    throw new CliError(`There is no kind of stage "${name}". Known: ${kinds.names().join(', ')}.`);
  return kind;
}
