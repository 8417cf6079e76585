import { TableError } from './column.ts';
import { type Frame, frameOf, tableOf } from './frame.ts';
import { applyJoin, applyLookup } from './joinVerbs.ts';
import { suggestion } from './nearest.ts';
import { readVerbs } from './readVerbs.ts';
import { applyRowVerb } from './rowVerbs.ts';
import { applySet } from './setVerbs.ts';
import { applyShapeVerb } from './shapeVerbs.ts';
import type { Schema, Table } from './table.ts';
import type { Other, Verb } from './verb.ts';
import { showPath } from './verbReader.ts';

type Tables = Readonly<Record<string, Table>>;

function otherFrame(other: Other, inputs: Tables): Frame {
  return applyAll(other.verbs, frameOf(inputs[other.from]), inputs);
}

function applyVerb(verb: Verb, frame: Frame, inputs: Tables): Frame {
  switch (verb.verb) {
    case 'join':
    case 'join_left':
    case 'join_right':
    case 'join_full':
    case 'semijoin':
    case 'antijoin':
    case 'cross':
      return applyJoin(verb, frame, otherFrame(verb.other, inputs));
    case 'lookup':
      return applyLookup(verb, frame, otherFrame(verb.other, inputs));
    case 'concat':
    case 'union':
    case 'intersect':
    case 'except':
    case 'assign':
      return applySet(
        verb,
        frame,
        verb.others.map((other) => otherFrame(other, inputs)),
      );
    case 'fold':
    case 'pivot':
    case 'unroll':
    case 'spread':
    case 'impute':
      return applyShapeVerb(verb, frame);
    default:
      return applyRowVerb(verb, frame);
  }
}

function applyAll(verbs: readonly Verb[], start: Frame, inputs: Tables): Frame {
  let frame = start;
  for (const verb of verbs) {
    try {
      frame = applyVerb(verb, frame, inputs);
    } catch (error) {
      if (error instanceof TableError) throw error;
      // Arquero's own message, such as for an aggregate where none is allowed.
      throw new TableError(`${verb.path}: ${(error as Error).message.split('\nNote:')[0]}`);
    }
  }
  return frame;
}

/** Inputs that verbs name. */
const named = (verbs: readonly Verb[]): string[] =>
  verbs.flatMap((verb) => {
    const others = 'other' in verb ? [verb.other] : 'others' in verb ? verb.others : [];
    return others.flatMap((other) => [other.from, ...named(other.verbs)]);
  });

/** The input that verbs start from where none is named: the only one that no verb reads. */
function startOf(verbs: readonly Verb[], inputs: readonly string[]): string {
  const read = named(verbs);
  const unread = inputs.filter((name) => !read.includes(name));
  if (inputs.length === 1) return inputs[0];
  if (unread.length === 1) return unread[0];
  throw new TableError(`from: say which input the verbs start from (there are: ${inputs.join(', ')})`);
}

/**
 * Applies verbs, as written in YAML, to the input `first`; other inputs are there for verbs that join. Without `first`
 * they start from the only input that no verb reads.
 *
 * Verbs and expressions are Arquero's. Rows keep a fixed order (a join keeps the first table's, then the second's).
 * Columns keep their types; new ones are float64, utf8 or bool by their values, or as `declared` says.
 * @throws {TableError} for the first thing wrong, with its place, such as `verbs[1].derive.log10`
 */
export function applyVerbs(inputs: Tables, first: string | undefined, written: unknown, declared: Schema = {}): Table {
  const { verbs, problems } = readVerbs(written, Object.keys(inputs));
  if (problems.length > 0)
    throw new TableError(problems.map(({ keys, message }) => `${showPath(keys)}: ${message}`).join('\n'));
  const names = Object.keys(inputs);
  const start = first ?? startOf(verbs, names);
  if (!names.includes(start)) throw new TableError(`from: there is no input ${start}${suggestion(start, names)}`);
  const frame = applyAll(verbs, frameOf(inputs[start]), inputs);
  for (const name of Object.keys(declared)) {
    if (!frame.table.column(name))
      throw new TableError(`columns: there is no column ${name} (there are: ${frame.table.columnNames().join(', ')})`);
  }
  return tableOf(frame, declared, 'join');
}
