import { nearest } from '../tables/nearest.ts';
import type { Budget } from './budget.ts';
import { type CacheSettings, readCache } from './cache.ts';
import { readDocument } from './document.ts';
import { at, found, type Node } from './nodes.ts';
import { Parameters } from './parameters.ts';
import { makeSource, type Span, span, startOf } from './places.ts';
import { oneOf, type Problems, quote } from './problems.ts';
import { entriesOf, type Fields, fieldsOf, textOf } from './shape.ts';
import type { StudyFile } from './sources.ts';

/** Keys of a study's main file. */
export const MAIN_KEYS = [
  'driftline',
  'study',
  'description',
  'title',
  'about',
  'include',
  'seed',
  'cache',
  'params',
  'profiles',
  'executor',
  'stages',
  'claims',
];

/** Keys of an included file. */
export const CHAPTER_KEYS = ['title', 'about', 'stages', 'claims'];

/** The language's version, which the key `driftline` names. */
const VERSION = 1;

export interface Header {
  readonly study: string;
  readonly description?: string;
  readonly seed: string;
  readonly cache?: CacheSettings;
  readonly params: Parameters;
  /** Where the parameters are declared. */
  readonly paramsAt: Span | undefined;
  readonly executor: Node | undefined;
}

export interface Choices {
  readonly profile?: string | null | undefined;
  /** `--set key=value`, in the order given. */
  readonly set?: Readonly<Record<string, string>> | undefined;
}

/** What the main file says of the study as a whole, with the parameters of the chosen profile and `--set`. */
export function readHeader(main: StudyFile, choices: Choices, problems: Problems, budget: Budget): Header {
  const fields: Fields = fieldsOf(main.root!, 'the study', MAIN_KEYS, problems) ?? new Map();
  const version = fields.get('driftline');
  if (main.root!.kind === 'map' && version === undefined) {
    problems.add({
      code: 'missing-key',
      at: startOf(main.source),
      message: 'missing key "driftline"',
      expected: `driftline: ${VERSION}`,
    });
  } else if (version && !(version.value.kind === 'scalar' && version.value.value === VERSION)) {
    const message = `unknown version ${found(version.value)} of the study language`;
    problems.add({ code: 'version', at: version.value, message, expected: `driftline: ${VERSION}` });
  }
  const study = textOf(fields.get('study'), '`study`', problems);
  if (main.root!.kind === 'map' && !fields.has('study')) {
    problems.add({
      code: 'missing-key',
      at: startOf(main.source),
      message: 'missing key "study"',
      expected: 'the study’s name',
    });
  }
  const description = textOf(fields.get('description'), '`description`', problems);
  const nodes = withSet(
    withProfile(declared(fields, problems), fields, choices.profile, problems),
    choices.set ?? {},
    problems,
  );
  const params = new Parameters(nodes, problems, budget);
  const cache = readCache(fields.get('cache'), problems);
  return {
    study: study ?? '',
    ...(description !== undefined && { description }),
    seed: readSeed(fields, problems),
    ...(cache !== undefined && { cache }),
    params,
    paramsAt: fields.get('params')?.key,
    executor: fields.get('executor')?.value,
  };
}

/** The seed is a name: any text or integer. Without one it is "0". */
function readSeed(fields: Fields, problems: Problems): string {
  const node = fields.get('seed')?.value;
  if (node === undefined) return '0';
  const value = node.kind === 'scalar' ? node.value : null;
  if ((typeof value === 'string' && value !== '') || (typeof value === 'number' && Number.isInteger(value)))
    return String(value);
  problems.add({ code: 'type', at: node, message: `\`seed\` is ${found(node)}`, expected: 'text or an integer' });
  return '0';
}

const PARAMETER = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

function declared(fields: Fields, problems: Problems): Map<string, Node> {
  const nodes = new Map<string, Node>();
  const params = fields.get('params');
  for (const [name, { key, value }] of params ? (entriesOf(params.value, '`params`', problems) ?? []) : []) {
    if (!PARAMETER.test(name)) {
      problems.add({
        code: 'name',
        at: key,
        message: `${quote(name)} cannot name a parameter`,
        expected: 'letters, digits, - and _',
      });
    }
    nodes.set(name, value);
  }
  return nodes;
}

/** A profile replaces whole parameters; it cannot add any. */
function withProfile(
  nodes: Map<string, Node>,
  fields: Fields,
  chosen: string | null | undefined,
  problems: Problems,
): Map<string, Node> {
  const profiles = fields.get('profiles');
  const result = new Map(nodes);
  const names: string[] = [];
  for (const [name, { value }] of profiles ? (entriesOf(profiles.value, '`profiles`', problems) ?? []) : []) {
    names.push(name);
    const profile = fieldsOf(value, `profile ${quote(name)}`, ['params'], problems);
    const params = profile?.get('params');
    for (const [param, entry] of params ? (entriesOf(params.value, '`params`', problems) ?? []) : []) {
      if (!nodes.has(param)) {
        const message = `profile ${quote(name)} sets ${quote(param)}, which is no parameter of the study`;
        problems.add({
          code: 'unknown-parameter',
          at: entry.key,
          message,
          expected: oneOf(nodes.keys()),
          suggestion: () => nearest(param, nodes.keys()),
        });
      } else if (name === chosen) result.set(param, entry.value);
    }
  }
  if (typeof chosen === 'string' && !names.includes(chosen)) {
    const source = makeSource('--profile', chosen);
    const expected = names.length > 0 ? oneOf(names) : 'no profile: the study declares none';
    problems.add({
      code: 'unknown-profile',
      at: span(source, 0, chosen.length),
      message: `unknown profile ${quote(chosen)}`,
      expected,
      suggestion: nearest(chosen, names),
    });
  }
  return result;
}

/** `key=value` with a dotted key and a YAML value. */
function withSet(
  nodes: Map<string, Node>,
  set: Readonly<Record<string, string>>,
  problems: Problems,
): Map<string, Node> {
  const result = new Map(nodes);
  for (const [key, text] of Object.entries(set)) {
    const source = makeSource('--set', `${key}=${text}`);
    const keySpan = span(source, 0, key.length);
    const value = text.trim() === '' ? undefined : readDocument(source, problems, key.length + 1);
    if (text.trim() === '') {
      problems.add({
        code: 'set',
        at: span(source, key.length + 1, key.length + 1),
        message: `no value for ${quote(key)}`,
        expected: 'key=value',
      });
      continue;
    }
    const [name, ...path] = key.split('.');
    const node = result.get(name);
    const siblings = path.length === 0 || node === undefined ? [...nodes.keys()] : undefined;
    if (node === undefined || siblings?.includes(name) === false) {
      problems.add({
        code: 'unknown-parameter',
        at: keySpan,
        message: `unknown parameter ${quote(key)}`,
        expected: oneOf(nodes.keys()),
        suggestion: nearest(name, nodes.keys()),
      });
      continue;
    }
    if (value === undefined) continue;
    const changed = replaced(node, path, value);
    if (changed) result.set(name, changed);
    else {
      const parent = path.slice(0, -1).reduce<Node | undefined>(at, node);
      const names = parent?.kind === 'map' ? [...parent.entries.keys()] : [];
      problems.add({
        code: 'unknown-parameter',
        at: keySpan,
        message: `unknown parameter ${quote(key)}`,
        expected: oneOf(names),
        suggestion: nearest(path.at(-1)!, names),
      });
    }
  }
  return result;
}

/** The node with what stands at a path replaced; undefined where the path leads nowhere. */
function replaced(node: Node, path: readonly string[], value: Node): Node | undefined {
  if (path.length === 0) return value;
  const entry = node.kind === 'map' ? node.entries.get(path[0]) : undefined;
  const inner = entry && replaced(entry.value, path.slice(1), value);
  if (node.kind !== 'map' || inner === undefined) return undefined;
  return { ...node, entries: new Map(node.entries).set(path[0], { key: entry!.key, value: inner }) };
}
