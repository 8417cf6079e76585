import { nearest } from '../tables/nearest.ts';
import { type Entry, found, isString, type Node } from './nodes.ts';
import { oneOf, type Problems, quote } from './problems.ts';

export type Fields = ReadonlyMap<string, Entry>;

/** The entries of a map whose keys are known; others are reported. Gives undefined for what is no map. */
export function fieldsOf(node: Node, what: string, known: readonly string[], problems: Problems): Fields | undefined {
  const fields = entriesOf(node, what, problems);
  for (const [name, { key }] of fields ?? []) {
    if (known.includes(name)) continue;
    problems.add({
      code: 'unknown-key',
      at: key,
      message: `unknown key ${quote(name)} in ${what}`,
      expected: oneOf(known),
      suggestion: nearest(name, known),
    });
  }
  return fields;
}

/** The entries of a map under names that the study chooses. */
export function entriesOf(node: Node, what: string, problems: Problems): Fields | undefined {
  if (node.kind === 'map') return node.entries;
  problems.add({ code: 'type', at: node, message: `${what} must be a map, found ${found(node)}`, expected: 'a map' });
  return undefined;
}

/** A non-empty string. */
export function textOf(entry: Entry | undefined, what: string, problems: Problems): string | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (isString(value) && value.value.trim() !== '') return value.value;
  problems.add({ code: 'type', at: value, message: `${what} must be text, found ${found(value)}`, expected: 'text' });
  return undefined;
}

/** The items of a list. */
export function itemsOf(node: Node, what: string, problems: Problems): readonly Node[] | undefined {
  if (node.kind === 'list') return node.items;
  problems.add({ code: 'type', at: node, message: `${what} must be a list, found ${found(node)}`, expected: 'a list' });
  return undefined;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;

/** Names of stages, claims, inputs and outputs become file names and words of the command line. */
export function checkName(name: string, entry: Entry, what: string, problems: Problems): boolean {
  if (NAME.test(name) && name.length <= 100) return true;
  problems.add({
    code: 'name',
    at: entry.key,
    message: `${quote(name)} cannot name ${what}`,
    expected: 'letters, digits, - and _, at most 100',
  });
  return false;
}
