// docs/reference/language.md: the study language, field by field, from its JSON Schema.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATED, plain, table } from './markdown.mjs';
import { propertyRows, typeWords } from './types.mjs';

const HEAD = ['field', 'type', 'default', 'meaning'];

/** The fields that only the main file has; the others stand in included files too. */
const CHAPTER = ['title', 'about', 'stages', 'claims'];

/** Parts of the language in the order of the page, as the schema calls them. */
const PARTS = [
  'input',
  'matrix',
  'axis',
  'replicates',
  'until',
  'resources',
  'retry',
  'executor',
  'studyExecutor',
  'output',
  'claim',
];

export function languagePage(root) {
  const schema = JSON.parse(readFileSync(join(root, 'schema/study.schema.json'), 'utf8'));
  const { $defs } = schema;
  const known = new Set([...PARTS, 'scalar', 'stage']);
  const forgotten = Object.keys($defs).filter((name) => !known.has(name) && !name.startsWith('with-'));
  if (forgotten.length > 0) throw new Error(`the page of the language lacks ${forgotten.join(', ')}`);
  const pick = (names) => Object.fromEntries(names.map((name) => [name, schema.properties[name]]));
  const main = Object.keys(schema.properties).filter((name) => !CHAPTER.includes(name));
  const [uses, run] = $defs.stage.oneOf;
  return `${GENERATED}

# The study language

Every field of a study’s YAML files. [Writing a study](../writing-a-study.md) tells how they are used,
[error messages](../errors.md) what is said of those that are wrong. The same is in \`schema/study.schema.json\`, from which
editors complete and check: \`driftline schema\` prints it with the parameters of a study’s own kinds.

Wherever a value stands, a reference may: \`\${params.name}\`, or in a stage with a matrix \`\${matrix.axis}\`. A time is a
number of seconds or such as \`30s\`, \`10m\`, \`1h30m\`; a size a number of bytes or such as \`200MB\`, \`2GiB\`.

## The main file

${table(HEAD, propertyRows({ properties: pick(main), required: ['driftline', 'study'] }, $defs))}

These may stand in the main file and in those that it includes, each of which is a chapter of the report:

${table(HEAD, propertyRows({ properties: pick(CHAPTER) }, $defs))}

## stage

A stage \`uses\` a [kind of stage](kinds.md), whose parameters stand under \`with\`, or it \`run\`s a program. The first of these:

${table(HEAD, propertyRows(uses, $defs))}

The second, besides \`inputs\`, \`matrix\`, \`resources\`, \`executor\` and \`retry\` as above:

${table(HEAD, propertyRows(without(run, Object.keys(uses.properties)), $defs))}

${PARTS.map((name) => part(name, $defs)).join('\n\n')}
`;
}

const without = (schema, names) => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(schema.properties).filter(([name]) => !names.includes(name))),
});

function part(name, definitions) {
  const schema = definitions[name];
  const objects = [schema, ...(schema.anyOf ?? [])].filter((each) => each.properties !== undefined);
  const rows = objects.flatMap((each) => propertyRows(each, definitions));
  return [
    `## ${name}`,
    `${plain(schema.description)}. Written as ${typeWords(schema)}.`,
    ...(rows.length > 0 ? [table(HEAD, rows)] : []),
  ].join('\n\n');
}
