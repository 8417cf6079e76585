import { nearest } from '../tables/nearest.ts';
import type { Port } from './contract.ts';
import { DECISIONS, DECISIONS_PORT } from './decisions.ts';
import type { Draft } from './drafts.ts';
import type { Scope } from './interpolate.ts';
import type { MapNode, Node } from './nodes.ts';
import type { Json, Until } from './plan.ts';
import { listed, oneOf, quote } from './problems.ts';
import { type Fields, fieldsOf } from './shape.ts';
import { integer, valueAt } from './values.ts';

/** How confident an interval is unless a study says. */
const CONFIDENCE = 0.95;

export const REPLICATES_FORM = 'an integer ≥ 1, or { min, max, until }';

const positive = (value: Json) => (typeof value === 'number' && value > 0 ? value : undefined);
const probability = (value: Json) => (typeof value === 'number' && value > 0 && value < 1 ? value : undefined);
const text = (value: Json) => (typeof value === 'string' && value !== '' ? value : undefined);

/** What a stage gives to others: the outputs of its kind, and its decisions where it makes any. */
export const givenBy = ({ outputs, fields }: Draft): Draft['outputs'] =>
  outputs !== undefined && fields.get('replicates')?.value.kind === 'map'
    ? { ...outputs, [DECISIONS]: DECISIONS_PORT }
    : outputs;

/** `{ min, max, until: { metric, relativeHalfWidth | halfWidth, confidence } }`; undefined after reporting what is wrong. */
export function readUntil(
  node: MapNode,
  draft: Draft,
  scope: Scope,
  most: number,
): { readonly replicates: number; readonly until: Until } | undefined {
  const { problems } = scope;
  const before = problems.size;
  const fields = fieldsOf(node, '`replicates`', ['min', 'max', 'until'], problems)!;
  const of = required(fields, node, '`replicates`', scope);
  const min = of('min', 'an integer ≥ 2, for one replicate tells nothing of the spread', integer(2, most));
  const max = of('max', `an integer from ${min ?? 2} to ${most}`, integer(min ?? 2, most));
  const rule = fields.get('until')?.value;
  if (rule === undefined) {
    const expected = 'until: { metric, relativeHalfWidth }; or a number of replicates alone';
    problems.add({ code: 'missing-key', at: node, message: '`replicates` lacks `until`', expected });
    return undefined;
  }
  const keys = ['metric', 'relativeHalfWidth', 'halfWidth', 'confidence'];
  const parts = fieldsOf(rule, '`until`', keys, problems);
  if (parts === undefined) return undefined;
  const written = required(
    parts,
    rule,
    '`until`',
    scope,
  )('metric', 'the name of a column of what a replicate gives', text);
  const metric = written === undefined ? undefined : readMetric(written, parts.get('metric')!.value, draft, scope);
  const width = readWidth(parts, rule, scope);
  const level = parts.get('confidence')?.value;
  const confidence = level && valueAt(level, '`confidence`', 'a number between 0 and 1', probability, scope);
  checkNames(draft, rule, scope);
  if (min === undefined || max === undefined || metric === undefined || width === undefined) return undefined;
  if (problems.size > before) return undefined;
  return { replicates: max, until: { min, metric, width, confidence: confidence ?? CONFIDENCE } };
}

/** Reads values of a map that have to be there. */
const required =
  (fields: Fields, node: Node, what: string, scope: Scope) =>
  <T>(name: string, expected: string, read: (value: Json) => T | undefined): T | undefined => {
    const value = fields.get(name)?.value;
    if (value !== undefined) return valueAt(value, `\`${name}\``, expected, read, scope);
    const message = `${what} lacks \`${name}\``;
    scope.problems.add({ code: 'missing-key', at: node, message, expected: `${name}: ${expected}` });
    return undefined;
  };

function readWidth(parts: Fields, rule: Node, scope: Scope): Until['width'] | undefined {
  const relative = parts.get('relativeHalfWidth');
  const absolute = parts.get('halfWidth');
  if ((relative === undefined) === (absolute === undefined)) {
    scope.problems.add({
      code: 'until',
      at: absolute?.key ?? rule,
      message: `\`until\` has ${relative ? 'both' : 'neither'} \`relativeHalfWidth\` ${relative ? 'and' : 'nor'} \`halfWidth\``,
      expected: 'one of them',
    });
    return undefined;
  }
  const name = relative ? 'relativeHalfWidth' : 'halfWidth';
  const value = valueAt((relative ?? absolute)!.value, `\`${name}\``, 'a number > 0', positive, scope);
  if (value === undefined) return undefined;
  return relative ? { relative: value } : { absolute: value };
}

/** Finds `column` or `table.column` among the numbers that a replicate of the kind gives. */
function readMetric(name: string, at: Node, draft: Draft, { problems }: Scope): Until['metric'] | undefined {
  if (draft.contract?.replicateOutputs === undefined) return undefined; // which has been reported
  const all = metricsOf(draft.contract.replicateOutputs);
  const matching = all.filter(({ output, column }) => name === column || name === `${output}.${column}`);
  if (matching.length === 1) return matching[0];
  const full = (matching.length > 0 ? matching : all).map(({ output, column }) => `${output}.${column}`);
  const known = [...new Set([...all.map(({ column }) => column), ...full])];
  problems.add({
    code: 'metric',
    at,
    message:
      matching.length > 1
        ? `the metric ${quote(name)} may be ${full.map(quote).join(' or ')}`
        : `a replicate of the kind ${quote(draft.uses)} gives no number ${quote(name)}`,
    expected: matching.length > 1 ? 'the table’s name before it' : oneOf(full),
    suggestion: matching.length > 1 ? undefined : nearest(name, known),
  });
  return undefined;
}

/** Numeric columns of the tables that every replicate gives. */
const metricsOf = (outputs: Readonly<Record<string, Port>>): Until['metric'][] =>
  Object.entries(outputs).flatMap(([output, port]) =>
    port.type === 'table' && port.optional !== true
      ? Object.entries(port.schema ?? {}).flatMap(([column, type]) =>
          type === 'int32' || type === 'float64' ? [{ output, column }] : [],
        )
      : [],
  );

/** The table of decisions has the axes beside its own columns, and a name of its own. */
function checkNames({ outputs, matrix, uses, fields }: Draft, rule: Node, { problems }: Scope): void {
  const at = fields.get('replicates')!.key;
  if (outputs !== undefined && Object.hasOwn(outputs, DECISIONS)) {
    const message = `the kind ${quote(uses)} has an output ${quote(DECISIONS)}, as the table of what \`until\` decides is called`;
    problems.add({ code: 'until', at, message, expected: 'another name for that output, or a number of replicates' });
  }
  const columns = DECISIONS_PORT.type === 'table' ? Object.keys(DECISIONS_PORT.schema ?? {}) : [];
  for (const axis of matrix?.axes ?? []) {
    if (!columns.includes(axis)) continue;
    const message = `the axis ${quote(axis)} has the name of a column of the table of what \`until\` decides`;
    problems.add({ code: 'until', at: rule, message, expected: `an axis that is none of ${listed(columns)}` });
  }
}
