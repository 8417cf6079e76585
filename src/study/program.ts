import { nearest } from '../tables/nearest.ts';
import type { ColumnType, Schema } from '../tables/table.ts';
import { isScalar } from './axes.ts';
import type { Context } from './context.ts';
import type { Port } from './contract.ts';
import type { Draft } from './drafts.ts';
import { FAILED, resolve, type Scope } from './interpolate.ts';
import { found, isString, type Node } from './nodes.ts';
import type { Program } from './plan.ts';
import { oneOf, quote } from './problems.ts';
import { checkName, entriesOf, type Fields, fieldsOf, itemsOf } from './shape.ts';

const COLUMN_TYPES: readonly ColumnType[] = ['int32', 'float64', 'utf8', 'bool'];
const FORMATS = ['csv', 'arrow', 'json'] as const;
type Format = (typeof FORMATS)[number];
/** File names that are read as tables; others are files. */
const TABLE = /\.(csv|arrow)$/;
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

export interface RunOutputs {
  readonly ports: Readonly<Record<string, Port>>;
  readonly names: Readonly<Record<string, string>>;
}

/** The outputs a `run` stage declares: `fit: fit.csv`, or `fit: { path: fit.csv, columns: { x: float64 } }`. */
export function readRunOutputs(draft: Draft, { problems }: Context): RunOutputs | undefined {
  const node = draft.fields.get('outputs')?.value;
  if (node === undefined) {
    problems.add({
      code: 'missing-key',
      at: draft.key,
      message: `stage ${quote(draft.name)} runs a program without \`outputs\``,
      expected: 'outputs: { name: file.csv }',
    });
    return undefined;
  }
  const ports: Record<string, Port> = Object.create(null);
  const names: Record<string, string> = Object.create(null);
  let fine = true;
  for (const [name, entry] of entriesOf(node, '`outputs`', problems) ?? []) {
    fine = checkName(name, entry, 'an output', problems) && fine;
    const { value } = entry;
    const fields =
      value.kind === 'map' ? fieldsOf(value, `output ${quote(name)}`, ['path', 'columns'], problems) : undefined;
    const path = fields ? fields.get('path')?.value : value;
    if (!isString(path) || !FILE_NAME.test(path.value)) {
      fine = false;
      problems.add({
        code: 'type',
        at: path ?? value,
        message: `output ${quote(name)} is ${found(path ?? value)}`,
        expected: 'a file name without folders, such as fit.csv',
      });
      continue;
    }
    if (Object.values(names).includes(path.value)) {
      fine = false;
      problems.add({ code: 'duplicate-name', at: path, message: `two outputs are written to ${quote(path.value)}` });
    }
    const columns = fields?.get('columns');
    const isTable = TABLE.test(path.value);
    if (columns && !isTable)
      problems.add({
        code: 'output',
        at: columns.key,
        message: `${quote(path.value)} is no table and has no columns`,
        expected: 'a .csv or .arrow file',
      });
    const schema = columns && readColumns(columns.value, name, problems);
    names[name] = path.value;
    ports[name] = isTable
      ? { type: 'table', ...(schema && { schema }) }
      : { type: 'file', extension: /\.([^.]+)$/.exec(path.value)?.[1] ?? '' };
  }
  return fine ? { ports, names } : undefined;
}

function readColumns(node: Node, output: string, problems: Context['problems']): Schema | undefined {
  const schema: Record<string, ColumnType> = Object.create(null);
  const entries = entriesOf(node, `\`columns\` of output ${quote(output)}`, problems);
  for (const [name, { value }] of entries ?? []) {
    const type = COLUMN_TYPES.find((each) => isString(value) && each === value.value);
    if (type !== undefined) schema[name] = type;
    else {
      const suggestion = isString(value) ? nearest(value.value, COLUMN_TYPES) : undefined;
      problems.add({
        code: 'type',
        at: value,
        message: `column ${quote(name)} is ${found(value)}`,
        expected: oneOf(COLUMN_TYPES),
        suggestion,
      });
    }
  }
  return entries && schema;
}

/** The program of one cell of a `run` stage; undefined after reporting what is wrong. */
export function readProgram(
  draft: Draft,
  outputs: RunOutputs,
  inputs: readonly string[],
  scope: Scope,
  context: Context,
): Program | undefined {
  const { fields, file } = draft;
  const shell = readShell(fields, context);
  const kept = { inputs, outputs: Object.keys(outputs.ports) };
  const argv = readArgv(fields, shell, { ...scope, kept });
  const code = readCode(draft, scope, context);
  const env = readEnv(fields, scope);
  const formats = readFormats(fields, inputs, context);
  if (!argv || !code || !env || !formats) return undefined;
  // A shell's line is read by the shell, in the study's folder; an argv word is a path as any other in this file.
  const words = shell ? argv[0].split(/[\s;|&<>()"']+/) : argv;
  const found = words.map((word) => (word === '' ? undefined : context.files.find(word, shell ? '' : file)));
  const paths = found.map((answer) => (answer && 'path' in answer ? answer.path : undefined));
  return {
    argv: shell ? argv : argv.map((word, i) => paths[i] ?? word),
    shell,
    code: [...new Set([...paths.filter((path) => path !== undefined), ...code])],
    formats,
    outputs: outputs.names,
    env,
  };
}

function readShell(fields: Fields, { problems }: Context): boolean {
  const node = fields.get('shell')?.value;
  if (node === undefined) return false;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  problems.add({ code: 'type', at: node, message: `\`shell\` is ${found(node)}`, expected: 'true or false' });
  return false;
}

function readArgv(fields: Fields, shell: boolean, scope: Scope): string[] | undefined {
  const node = fields.get('run')!.value;
  const refuse = (at: Node, message: string, expected: string): undefined => {
    scope.problems.add({ code: 'run', at, message, expected, cell: scope.cell });
  };
  const list = `a list such as [python3, fit.py, "\${inputs.rows}"]`;
  if (shell) {
    if (!isString(node) || node.value.trim() === '')
      return refuse(node, `\`run\` is ${found(node)}`, 'one line of text for the shell, since `shell: true`');
    const line = resolve(node, scope);
    return line === FAILED ? undefined : [String(line)];
  }
  if (node.kind !== 'list')
    return refuse(node, `\`run\` is ${found(node)}`, isString(node) ? `${list}; or \`shell: true\`` : list);
  if (node.items.length === 0) return refuse(node, '`run` names no program', list);
  const words = node.items.map((item) => {
    const value = resolve(item, scope);
    if (value === FAILED) return undefined;
    if (isScalar(value) && !String(value).includes('\0')) return String(value);
    return refuse(item, `a word of \`run\` is ${found(item)}`, 'a string, number or boolean');
  });
  return words.includes(undefined) ? undefined : (words as string[]);
}

function readCode(draft: Draft, scope: Scope, { problems, files }: Context): string[] | undefined {
  const node = draft.fields.get('code')?.value;
  if (node === undefined) return [];
  const items = itemsOf(node, '`code`', problems);
  const paths = items?.map((item) => {
    const value = resolve(item, scope);
    if (value === FAILED) return undefined;
    const answer =
      typeof value === 'string' ? files.find(value, draft.file) : { wrong: 'is not a path', expected: 'a file’s path' };
    if ('path' in answer) return answer.path;
    problems.add({
      code: 'missing-file',
      at: item,
      message: `${quote(value)} ${answer.wrong}`,
      expected: answer.expected,
      cell: scope.cell,
    });
    return undefined;
  });
  return paths === undefined || paths.includes(undefined) ? undefined : (paths as string[]);
}

function readEnv(fields: Fields, scope: Scope): Record<string, string> | undefined {
  const node = fields.get('env')?.value;
  const env: Record<string, string> = Object.create(null);
  if (node === undefined) return env;
  const entries = entriesOf(node, '`env`', scope.problems);
  let fine = entries !== undefined;
  for (const [name, { key, value }] of entries ?? []) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      fine = false;
      scope.problems.add({
        code: 'name',
        at: key,
        message: `${quote(name)} cannot name an environment variable`,
        expected: 'letters, digits and _',
      });
    }
    const resolved = resolve(value, scope);
    if (resolved !== FAILED && isScalar(resolved) && !String(resolved).includes('\0')) env[name] = String(resolved);
    else {
      fine = false;
      if (resolved !== FAILED)
        scope.problems.add({
          code: 'type',
          at: value,
          message: `\`env\` has ${found(value)} for ${quote(name)}`,
          expected: 'a string, number or boolean',
        });
    }
  }
  return fine ? env : undefined;
}

function readFormats(
  fields: Fields,
  inputs: readonly string[],
  { problems }: Context,
): Record<string, Format> | undefined {
  const node = fields.get('formats')?.value;
  const formats: Record<string, Format> = Object.create(null);
  if (node === undefined) return formats;
  const entries = fieldsOf(node, '`formats`', inputs, problems);
  let fine = entries !== undefined;
  for (const [name, { value }] of entries ?? []) {
    const format = FORMATS.find((each) => isString(value) && each === value.value);
    if (format !== undefined) formats[name] = format;
    else {
      fine = false;
      problems.add({
        code: 'type',
        at: value,
        message: `the format of input ${quote(name)} is ${found(value)}`,
        expected: oneOf(FORMATS),
      });
    }
  }
  return fine ? formats : undefined;
}
