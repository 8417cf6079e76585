import type { KindContract, Port } from './contract.ts';
import { type Entry, isString, type Node } from './nodes.ts';
import { placeOf, type Span, showPlace } from './places.ts';
import type { Matrix } from './points.ts';
import { oneOf, type Problems, quote } from './problems.ts';
import { checkName, entriesOf, type Fields, fieldsOf } from './shape.ts';
import type { StudyFile } from './sources.ts';

/** A stage or a claim's test on its way to the plan. Parts that could not be read stay undefined. */
export interface Draft {
  readonly sort: 'kind' | 'run' | 'claim';
  /** `claim:<id>` for a claim. */
  readonly name: string;
  readonly key: Span;
  readonly file: string;
  readonly fields: Fields;
  /** The kind, as written; undefined where it is missing. */
  readonly uses: string | undefined;
  readonly usesAt: Span;
  contract?: KindContract;
  outputs?: Readonly<Record<string, Port>>;
  matrix?: Matrix;
}

const COMMON = ['inputs', 'matrix', 'replicates', 'resources', 'executor', 'retry'];

/** Keys of a stage that uses a kind. */
export const USES_KEYS = ['uses', 'with', ...COMMON];

/** Keys of a stage that runs a program. */
export const RUN_KEYS = ['run', 'outputs', 'code', 'shell', 'env', 'formats', ...COMMON];

export const RUN_KIND = 'driftline:run';
export const CLAIM_KIND = 'driftline:claim';

/** The stages of all files in the order in which they are declared. */
export function readStages(files: readonly StudyFile[], problems: Problems): Draft[] {
  const drafts = new Map<string, Draft>();
  for (const [name, entry, file] of namedIn(files, 'stages', problems)) {
    if (!checkName(name, entry, 'a stage', problems)) continue;
    const draft = readStage(name, entry, file, problems);
    if (draft && isFirst(drafts, name, draft, 'stage', problems)) drafts.set(name, draft);
  }
  return [...drafts.values()];
}

/** The entries of `stages` or `claims` of all files. */
export function* namedIn(
  files: readonly StudyFile[],
  what: 'stages' | 'claims',
  problems: Problems,
): Generator<[string, Entry, string]> {
  for (const { root, source } of files) {
    const entry = root?.kind === 'map' ? root.entries.get(what) : undefined;
    if (entry === undefined || isNothing(entry.value)) continue;
    for (const [name, each] of entriesOf(entry.value, `\`${what}\``, problems) ?? []) yield [name, each, source.file];
  }
}

const isNothing = (node: Node): boolean => node.kind === 'scalar' && node.value === null;

export function isFirst(
  drafts: ReadonlyMap<string, Draft>,
  name: string,
  { key }: Draft,
  what: string,
  problems: Problems,
): boolean {
  const first = drafts.get(name);
  if (first === undefined) return true;
  const message = `${what} ${quote(name)} is declared twice; first at ${showPlace(placeOf(first.key))}`;
  problems.add({ code: 'duplicate-name', at: key, message });
  return false;
}

function readStage(name: string, { key, value }: Entry, file: string, problems: Problems): Draft | undefined {
  const what = `stage ${quote(name)}`;
  if (value.kind !== 'map') {
    entriesOf(value, what, problems);
    return undefined;
  }
  const uses = value.entries.get('uses');
  const run = value.entries.get('run');
  if (uses && run) {
    problems.add({
      code: 'uses-or-run',
      at: run.key,
      message: `${what} has both \`uses\` and \`run\``,
      expected: 'one of them',
    });
    return undefined;
  }
  if (!uses && !run) {
    fieldsOf(value, what, [...new Set([...USES_KEYS, ...RUN_KEYS])], problems);
    problems.add({
      code: 'uses-or-run',
      at: key,
      message: `${what} has neither \`uses\` nor \`run\``,
      expected: '`uses: <kind>` or `run: [program, argument, …]`',
    });
    return undefined;
  }
  const keys = uses ? USES_KEYS : RUN_KEYS;
  const elsewhere = uses ? RUN_KEYS : USES_KEYS;
  for (const [field, entry] of value.entries) {
    if (keys.includes(field) || !elsewhere.includes(field)) continue;
    const message = uses
      ? `\`${field}\` belongs to a \`run\` stage`
      : `\`${field}\` belongs to a stage that \`uses\` a kind`;
    problems.add({ code: 'unknown-key', at: entry.key, message, expected: oneOf(keys) });
  }
  const known = new Map([...value.entries].filter(([field]) => keys.includes(field) || !elsewhere.includes(field)));
  const fields = fieldsOf({ ...value, entries: known }, what, keys, problems)!;
  if (run) return { sort: 'run', name, key, file, fields, uses: RUN_KIND, usesAt: run.key };
  const kind = uses!.value;
  if (isString(kind) && kind.value.trim() !== '') {
    return { sort: 'kind', name, key, file, fields, uses: kind.value, usesAt: kind };
  }
  problems.add({
    code: 'type',
    at: kind,
    message: `\`uses\` of ${what} must be text`,
    expected: 'the name of a kind of stage',
  });
  return { sort: 'kind', name, key, file, fields, uses: undefined, usesAt: kind };
}
