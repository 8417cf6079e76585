import { CLAIM_KIND, type Draft, isFirst, namedIn } from './drafts.ts';
import { type Entry, found, type MapNode } from './nodes.ts';
import { placeOf } from './places.ts';
import type { PlannedClaim } from './plan.ts';
import { type Problems, quote } from './problems.ts';
import { checkName, type Fields, fieldsOf, textOf } from './shape.ts';
import type { StudyFile } from './sources.ts';

export const CLAIM_KEYS = ['says', 'source', 'note', 'test'];

export interface Claims {
  readonly claims: readonly PlannedClaim[];
  /** The stages that test them. */
  readonly drafts: readonly Draft[];
}

/** The claims of all files. A claim's test is a stage `claim:<id>` whose input is `rows` and whose parameters are the rest. */
export function readClaims(files: readonly StudyFile[], problems: Problems): Claims {
  const claims: PlannedClaim[] = [];
  const drafts = new Map<string, Draft>();
  for (const [id, entry, file] of namedIn(files, 'claims', problems)) {
    if (!checkName(id, entry, 'a claim', problems)) continue;
    const what = `claim ${quote(id)}`;
    const fields = fieldsOf(entry.value, what, CLAIM_KEYS, problems);
    if (fields === undefined) continue;
    const says = textOf(fields.get('says'), `\`says\` of ${what}`, problems);
    const source = textOf(fields.get('source'), `\`source\` of ${what}`, problems);
    const note = textOf(fields.get('note'), `\`note\` of ${what}`, problems);
    if (!fields.has('says'))
      problems.add({
        code: 'missing-key',
        at: entry.key,
        message: `${what} lacks \`says\``,
        expected: 'says: <the sentence that is tested>',
      });
    const draft = readTest(id, entry, fields, file, problems);
    if (draft === undefined || !isFirst(drafts, id, draft, 'claim', problems)) continue;
    drafts.set(id, draft);
    claims.push({ id, says: says ?? '', ...(source && { source }), ...(note && { note }), place: placeOf(entry.key) });
  }
  return { claims, drafts: [...drafts.values()] };
}

function readTest(id: string, entry: Entry, fields: Fields, file: string, problems: Problems): Draft | undefined {
  const what = `claim ${quote(id)}`;
  const test = fields.get('test');
  const refuse = (at: Draft['key'], message: string, expected: string): undefined => {
    problems.add({ code: 'claim', at, message, expected });
  };
  if (test === undefined)
    return refuse(entry.key, `${what} lacks \`test\``, 'test: { rows: <stage>.<output>, every: <expression> }');
  if (test.value.kind !== 'map')
    return refuse(
      test.value,
      `\`test\` of ${what} is ${found(test.value)}`,
      '{ rows: <stage>.<output>, every: <expression> }',
    );
  const { entries } = test.value;
  const rows = entries.get('rows');
  if (rows === undefined) return refuse(test.key, `\`test\` of ${what} lacks \`rows\``, 'rows: <stage>.<output>');
  const rest: MapNode = { ...test.value, entries: new Map([...entries].filter(([name]) => name !== 'rows')) };
  const inputs: MapNode = { ...test.value, entries: new Map([['rows', rows]]) };
  return {
    sort: 'claim',
    name: `claim:${id}`,
    key: entry.key,
    file,
    fields: new Map([
      ['with', { key: test.key, value: rest }],
      ['inputs', { key: test.key, value: inputs }],
    ]),
    uses: CLAIM_KIND,
    usesAt: entry.key,
  };
}
