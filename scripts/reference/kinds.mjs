// docs/reference/kinds.md: what each built-in kind of stage takes and gives.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { importBundle } from './importBundle.mjs';
import { anchor, code, GENERATED, sentence, table } from './markdown.mjs';
import { propertyRows } from './types.mjs';

/** Kinds that stand behind the language's own words: no stage names them. */
const INTERNAL = new Set(['claim', 'decide', 'gather', 'run']);

export async function kindsPage(root) {
  const names = readdirSync(join(root, 'stages'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .filter((name) => !INTERNAL.has(name))
    .sort();
  const entry = names.map((name, at) => `export { default as kind${at} } from './stages/${name}.ts';`).join('\n');
  const modules = await importBundle(root, entry);
  const kinds = names.map((name, at) => ({ name, ...JSON.parse(JSON.stringify(modules[`kind${at}`])) }));
  const list = kinds.map(({ name, summary }) => `- [${name}](${anchor(name)}): ${lowerFirst(summary)}`).join('\n');
  return `${GENERATED}

# Kinds of stage

Every kind that comes with Driftline, as \`uses:\` names it. A study’s own kind of the same name goes first;
\`driftline:<name>\` is always the built-in one. \`driftline stage describe <kind>\` tells the same in a terminal, for a
study’s own kinds too; [writing a kind](../writing-a-study.md#writing-a-kind-of-stage) tells how to make one.

Parameters stand under \`with:\`. Rates are in units of the service rate of one queue, and times in mean service times of
a unit job. Of an output that is a table the columns are told; in a stage with a matrix the axes stand before them.
[The model](../model.md#what-is-measured) says what the columns of the simulations and of the mean field mean.

${list}

## policy

What \`policy:\` holds in every kind that takes one: when a job that arrives at a queue of length q migrates to one of length m
that it sees. [The model](../model.md#policies) tells what the policies do.

${table(HEAD, propertyRows(policyOf(kinds)))}

${kinds.map(section).join('\n\n')}
`;
}

const HEAD = ['parameter', 'type', 'default', 'meaning'];

/** The one schema that all policies have. */
function policyOf(kinds) {
  const all = kinds.flatMap(({ params }) => params.properties.policy ?? []);
  if (new Set(all.map((each) => JSON.stringify(each))).size !== 1) throw new Error('policies differ between kinds');
  return all[0];
}

/** Parameters in which what a policy holds is told elsewhere. */
function shortened(params) {
  const { policy } = params.properties;
  if (policy === undefined) return params;
  const { description } = policy;
  return { ...params, properties: { ...params.properties, policy: { $ref: '#/policy', description } } };
}

const lowerFirst = (text) => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);

function section({ name, summary, params, inputs, otherInputs, outputs, grows, replicates, seeded }) {
  const rows = propertyRows(shortened(params));
  const parts = [`## ${name}`, sentence(summary)];
  if (rows.length > 0) parts.push(table(HEAD, rows));
  const taken = [
    ...Object.entries(inputs).map(portRow),
    ...(otherInputs ? [['any name', portWords({ ...otherInputs, optional: true })]] : []),
  ];
  if (taken.length > 0) parts.push(table(['input', 'what it is'], taken));
  parts.push(table(['output', 'what it is'], Object.entries(outputs).map(portRow)));
  const notes = [
    replicates && 'Combines seeded replicates (`replicates:`).',
    !replicates && seeded && 'Draws random numbers from a seed of its own.',
    grows && `A larger ${code(grows)} continues from a smaller one, bit for bit.`,
  ].filter(Boolean);
  if (notes.length > 0) parts.push(notes.join(' '));
  return parts.join('\n\n');
}

const portRow = ([name, port]) => [code(name), portWords(port)];

function portWords({ type, schema, extension, optional }) {
  const what =
    type === 'file'
      ? `a ${code(`.${extension}`)} file`
      : schema === undefined
        ? 'a table, its columns as the data have them'
        : Object.entries(schema)
            .map(([column, kind]) => `${code(column)} ${kind}`)
            .join(', ');
  return optional ? `${what} (optional)` : what;
}
