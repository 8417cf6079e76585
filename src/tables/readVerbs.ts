import { suggestion } from './nearest.ts';
import type { JoinName, Other, Verb } from './verb.ts';
import {
  aggregates,
  columnExpression,
  columnsOf,
  expression,
  expressions,
  on,
  orderKey,
  type Pair,
  selection,
} from './verbArguments.ts';
import { isMapping, Node, type VerbProblem } from './verbReader.ts';

/** Names of the inputs, or null where they are not known yet. */
type Inputs = readonly string[] | null;

function other(node: Node, inputs: Inputs): Other {
  if (isMapping(node.value)) {
    node.only('from', 'verbs');
    const from = other(node.at('from'), inputs).from;
    return { from, verbs: node.at('verbs').absent ? [] : readList(node.at('verbs'), inputs) };
  }
  const from = node.text('the name of an input');
  if (from !== '' && inputs !== null && !inputs.includes(from))
    node.problem(`there is no input ${from}${suggestion(from, inputs)}`);
  return { from, verbs: [] };
}

function joinVerb(verb: JoinName, node: Node, inputs: Inputs): Verb {
  node.only('with', 'on', 'suffix');
  const suffixes = node.at('suffix').absent
    ? ['_1', '_2']
    : node
        .at('suffix')
        .items()
        .map((item) => String(item.value));
  if (suffixes.length !== 2) node.at('suffix').expected('two suffixes, such as [_1, _2]');
  const keys = on(node.at('on'));
  const needsNoKey = verb === 'cross';
  if (needsNoKey && keys !== undefined) node.at('on').problem('cross takes no keys');
  return {
    verb,
    path: node.path,
    other: other(node.at('with'), inputs),
    ...(keys === undefined ? {} : { on: keys }),
    suffix: [suffixes[0], suffixes[1]],
  };
}

type Reader = (node: Node, inputs: Inputs) => Verb;

const setVerb =
  (verb: 'concat' | 'union' | 'intersect' | 'except' | 'assign'): Reader =>
  (node, inputs) => {
    const others = isMapping(node.value) && !node.at('with').absent ? node.at('with') : node;
    return { verb, path: node.path, others: others.items().map((item) => other(item, inputs)) };
  };

const join =
  (verb: JoinName): Reader =>
  (node, inputs) =>
    joinVerb(verb, node, inputs);

const READERS: Readonly<Record<string, Reader>> = Object.assign(Object.create(null) as Record<string, Reader>, {
  derive: (node) => ({ verb: 'derive', path: node.path, columns: expressions(node) }),
  rollup: (node) => ({ verb: 'rollup', path: node.path, columns: expressions(node) }),
  groupby: (node) => ({
    verb: 'groupby',
    path: node.path,
    columns: node
      .items()
      .flatMap((item) =>
        isMapping(item.value) ? expressions(item) : [columnExpression(item.columnName(), item.path)],
      ),
  }),
  filter: (node) => ({ verb: 'filter', path: node.path, condition: expression(node, 'filter') }),
  select: (node) => ({ verb: 'select', path: node.path, selection: selection(node) }),
  rename: (node) => ({
    verb: 'rename',
    path: node.path,
    names: node.entries('a mapping of old names to new ones').map(([from, to]): Pair => [from, to.columnName()]),
  }),
  relocate: (node) => {
    node.only('columns', 'before', 'after');
    const [before, after] = [node.at('before'), node.at('after')];
    if (before.absent === after.absent) node.problem('expected one of before and after');
    return {
      verb: 'relocate',
      path: node.path,
      columns: node.at('columns').columnNames(),
      ...(before.absent ? { after: after.columnName() } : { before: before.columnName() }),
    };
  },
  orderby: (node) => ({ verb: 'orderby', path: node.path, keys: node.items().map(orderKey) }),
  ungroup: (node) => ({ verb: 'ungroup', path: node.path }),
  unorder: (node) => ({ verb: 'unorder', path: node.path }),
  count: (node) => ({
    verb: 'count',
    path: node.path,
    as: node.at('as').absent ? 'count' : node.at('as').columnName(),
  }),
  dedupe: (node) => ({ verb: 'dedupe', path: node.path, columns: node.columnNames() }),
  slice: (node) => {
    const items = node.items();
    if (!Array.isArray(node.value) || items.length > 2) node.expected('[start, end]');
    return { verb: 'slice', path: node.path, start: node.at(0).integer(0), end: node.at(1).integer(Infinity) };
  },
  fold: (node) => {
    node.only('columns', 'as');
    const as = node.at('as').columnNames();
    if (as.length !== 0 && as.length !== 2) node.at('as').expected('two names, such as [key, value]');
    return { verb: 'fold', path: node.path, columns: columnsOf(node), as: [as[0] ?? 'key', as[1] ?? 'value'] };
  },
  pivot: (node) => {
    node.only('on', 'value', 'sort');
    return {
      verb: 'pivot',
      path: node.path,
      on: node.at('on').absent ? [node.at('on').columnName()] : node.at('on').columnNames(),
      values: aggregates(node.at('value')),
      sort: node.at('sort').flag(true),
    };
  },
  unroll: (node) => {
    node.only('columns', 'index');
    const index = isMapping(node.value) && !node.at('index').absent ? { index: node.at('index').columnName() } : {};
    return { verb: 'unroll', path: node.path, columns: columnsOf(node), ...index };
  },
  spread: (node) => {
    node.only('columns', 'as');
    return { verb: 'spread', path: node.path, columns: columnsOf(node), as: node.at('as').columnNames() };
  },
  impute: (node) => {
    node.only('values', 'expand');
    return {
      verb: 'impute',
      path: node.path,
      columns: expressions(node.at('values')),
      expand: node.at('expand').columnNames(),
    };
  },
  concat: setVerb('concat'),
  union: setVerb('union'),
  intersect: setVerb('intersect'),
  except: setVerb('except'),
  assign: setVerb('assign'),
  lookup: (node, inputs) => {
    node.only('with', 'on', 'columns');
    const keys = on(node.at('on'));
    if (keys === undefined || 'condition' in keys) node.at('on').expected('key columns');
    return {
      verb: 'lookup',
      path: node.path,
      other: other(node.at('with'), inputs),
      on: keys ?? { left: [], right: [] },
      columns: node.at('columns').columnNames(),
    };
  },
  join: join('join'),
  join_left: join('join_left'),
  join_right: join('join_right'),
  join_full: join('join_full'),
  semijoin: join('semijoin'),
  antijoin: join('antijoin'),
  cross: join('cross'),
} satisfies Record<string, Reader>);

/** The verbs a study may use. Arquero's random ones (sample) are left out: a join gives the same rows every time. */
const VERB_NAMES: readonly string[] = Object.keys(READERS).sort();

const ALONE = new Set(['ungroup', 'unorder', 'count', 'dedupe']);

function readVerb(node: Node, inputs: Inputs): Verb[] {
  const alone = typeof node.value === 'string' ? node.value : undefined;
  const names = alone === undefined ? (isMapping(node.value) ? Object.keys(node.value) : []) : [alone];
  const [name] = names;
  if (names.length !== 1) {
    node.expected('one verb, such as { derive: { x2: "d => d.x * d.x" } }');
    return [];
  }
  const reader = READERS[name];
  if (reader === undefined) {
    const why = name === 'sample' ? ': a random sample would not be reproducible' : suggestion(name, VERB_NAMES);
    node.problem(`there is no verb ${name}${why}`);
    return [];
  }
  if (alone !== undefined && !ALONE.has(name)) {
    node.problem(`${name} needs something to work on, such as { ${name}: … }`);
    return [];
  }
  return [reader(node.at(name), inputs)];
}

function readList(node: Node, inputs: Inputs): Verb[] {
  if (!Array.isArray(node.value)) {
    node.expected('a list of verbs');
    return [];
  }
  return node.items().flatMap((item) => readVerb(item, inputs));
}

/**
 * Verbs as written in YAML, as plain data, with everything wrong about how they are written. Whether the columns they
 * name exist is only known with the data.
 */
export function readVerbs(
  written: unknown,
  inputs: Inputs,
  keys: readonly (string | number)[] = ['verbs'],
): { readonly verbs: readonly Verb[]; readonly problems: readonly VerbProblem[] } {
  const problems: VerbProblem[] = [];
  return { verbs: readList(new Node(written, keys, problems), inputs), problems };
}
