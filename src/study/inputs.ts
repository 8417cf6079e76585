import { nearest } from '../tables/nearest.ts';
import { isScalar } from './axes.ts';
import type { Context } from './context.ts';
import type { PortType } from './contract.ts';
import type { Draft } from './drafts.ts';
import { FAILED, resolve, type Scope } from './interpolate.ts';
import { type Entry, found, isString, type Node } from './nodes.ts';
import { type Span, span } from './places.ts';
import type { InputBinding, Scalar } from './plan.ts';
import { fits, missingColumns, portWords } from './ports.ts';
import { listed, oneOf, quote } from './problems.ts';
import { fieldsOf } from './shape.ts';
import { givenBy } from './until.ts';

const FORM = '<stage>.<output>, or the path of a file with a slash, such as ./data.csv';
/** Files that can be read as tables. */
const TABLES: ReadonlySet<string> = new Set(['csv', 'arrow', 'json']);

/** An edge of the study's graph, and where it was written. */
export interface Edge {
  readonly from: string;
  readonly at: Span;
}

/** Binds the inputs of cells to the stages and files that give them. */
export class InputReader {
  readonly #drafts: ReadonlyMap<string, Draft>;
  readonly #context: Context;
  /** For a stage and some of its axes, the values that its cells take together. */
  readonly #taken = new Map<string, Set<string>>();

  constructor(drafts: ReadonlyMap<string, Draft>, context: Context) {
    this.#drafts = drafts;
    this.#context = context;
  }

  /** One input of one cell; undefined after reporting what is wrong. Adds the edge that it makes to `edges`. */
  read(
    name: string,
    node: Node,
    port: PortType | undefined,
    draft: Draft,
    scope: Scope,
    edges: Map<string, Edge>,
  ): InputBinding | undefined {
    if (node.kind !== 'map') return this.#bind(name, node, undefined, port, draft, scope, edges);
    const fields = fieldsOf(node, `input ${quote(name)}`, ['from', 'where'], scope.problems);
    const from = fields?.get('from');
    if (from !== undefined) return this.#bind(name, from.value, fields?.get('where'), port, draft, scope, edges);
    scope.problems.add({
      code: 'missing-key',
      at: node,
      message: `input ${quote(name)} lacks \`from\``,
      expected: `from: ${FORM}`,
    });
    return undefined;
  }

  #bind(
    name: string,
    node: Node,
    where: Entry | undefined,
    port: PortType | undefined,
    draft: Draft,
    scope: Scope,
    edges: Map<string, Edge>,
  ) {
    const { problems, cell } = scope;
    if (!isString(node)) {
      problems.add({ code: 'type', at: node, message: `input ${quote(name)} is ${found(node)}`, expected: FORM });
      return undefined;
    }
    const text = resolve(node, scope);
    if (text === FAILED) return undefined;
    if (typeof text !== 'string' || text === '') {
      problems.add({ code: 'type', at: node, message: `input ${quote(name)} is ${quote(text)}`, expected: FORM, cell });
      return undefined;
    }
    if (text.includes('/') || text.includes('\\')) return this.#file(name, text, node, where, port, draft, scope);
    return this.#stage(name, text, node, where, port, scope, edges);
  }

  #file(
    name: string,
    text: string,
    node: Node,
    where: Entry | undefined,
    port: PortType | undefined,
    draft: Draft,
    scope: Scope,
  ): InputBinding | undefined {
    const { problems, cell } = scope;
    if (where)
      problems.add({
        code: 'where',
        at: where.key,
        message: `input ${quote(name)} is a file and has no cells`,
        expected: 'no `where`',
      });
    const answer = this.#context.files.find(text, draft.file);
    if ('wrong' in answer) {
      problems.add({
        code: 'missing-file',
        at: node,
        message: `${quote(text)} ${answer.wrong}`,
        expected: answer.expected,
        cell,
      });
      return undefined;
    }
    const extension = /\.([^./]+)$/.exec(answer.path)?.[1] ?? '';
    if (port?.type === 'table' && !TABLES.has(extension)) {
      problems.add({
        code: 'input-type',
        at: node,
        message: `input ${quote(name)} takes a table, and ${quote(text)} is none`,
        expected: `a file ending in .${[...TABLES].join(', .')}`,
        cell,
      });
      return undefined;
    }
    return where ? undefined : { from: 'file', path: answer.path };
  }

  #stage(
    name: string,
    text: string,
    node: Node,
    where: Entry | undefined,
    port: PortType | undefined,
    scope: Scope,
    edges: Map<string, Edge>,
  ): InputBinding | undefined {
    const { problems, cell } = scope;
    const [stage, output, ...more] = text.split('.');
    const refuse = (
      code: string,
      at: Span,
      message: string,
      expected?: string,
      suggestion?: () => string | undefined,
    ): undefined => {
      problems.add({ code, at, message, expected, suggestion, cell });
    };
    if (output === undefined || output === '' || more.length > 0)
      return refuse('input', node, `input ${quote(name)} is ${quote(text)}`, FORM);
    const source = this.#drafts.get(stage);
    if (source === undefined) {
      if (this.#context.incomplete || this.#context.declared.has(stage)) return undefined;
      const names = [...this.#drafts.values()].filter(({ sort }) => sort !== 'claim').map((each) => each.name);
      return refuse(
        'unknown-stage',
        part(node, stage, 'first'),
        `unknown stage ${quote(stage)}`,
        oneOf(names) ?? FORM,
        () => nearest(stage, names),
      );
    }
    if (!edges.has(stage)) edges.set(stage, { from: stage, at: node });
    const outputs = givenBy(source);
    if (outputs === undefined) return undefined;
    const given = Object.hasOwn(outputs, output) ? outputs[output] : undefined;
    if (given === undefined) {
      const names = Object.keys(outputs);
      return refuse(
        'unknown-output',
        part(node, output, 'last'),
        `stage ${quote(stage)} has no output ${quote(output)}`,
        oneOf(names),
        () => nearest(output, names),
      );
    }
    if (port && !fits(given, port)) {
      return refuse(
        'input-type',
        node,
        `input ${quote(name)} takes ${portWords(port)}, and ${quote(text)} is ${portWords(given)}`,
      );
    }
    const missing = port && source.matrix && missingColumns(given, port, source.matrix.axes);
    if (missing && missing.length > 0) {
      return refuse(
        'input-type',
        node,
        `input ${quote(name)} needs ${missing.length > 1 ? 'columns' : 'column'} ${listed(missing)}, which ${quote(text)} lacks`,
      );
    }
    if (where === undefined) return { from: 'stage', stage, output };
    const values = this.#where(where.value, source, scope);
    return values && { from: 'stage', stage, output, where: values };
  }

  #where(node: Node, source: Draft, scope: Scope): Readonly<Record<string, Scalar>> | undefined {
    const { problems, cell } = scope;
    if (source.matrix === undefined) return undefined;
    const { axes } = source.matrix;
    if (axes.length === 0) {
      problems.add({
        code: 'where',
        at: node,
        message: `stage ${quote(source.name)} has no matrix to choose cells from`,
        expected: 'no `where`',
      });
      return undefined;
    }
    const fields = fieldsOf(node, '`where`', axes, problems);
    if (fields === undefined) return undefined;
    const values: Record<string, Scalar> = Object.create(null);
    let fine = true;
    for (const [axis, { value: at }] of fields) {
      const value = axes.includes(axis) ? resolve(at, scope) : FAILED;
      if (value !== FAILED && isScalar(value)) values[axis] = value;
      else {
        fine = false;
        if (value !== FAILED)
          problems.add({
            code: 'type',
            at,
            message: `${quote(axis)} in \`where\` is ${found(at)}`,
            expected: 'a string, number or boolean',
            cell,
          });
      }
    }
    if (!fine) return undefined;
    const chosen = Object.keys(values);
    const taken = this.#together(source, chosen);
    if (taken.has(JSON.stringify(chosen.map((axis) => values[axis])))) return values;
    const shown = chosen.map((axis) => `${axis}=${values[axis]}`).join(', ');
    const [only] = chosen;
    const expected =
      chosen.length === 1
        ? `${only} among ${listed([...taken].map((each) => JSON.parse(each)[0])).replaceAll('"', '')}`
        : undefined;
    problems.add({
      code: 'where',
      at: node,
      message: `no cell of stage ${quote(source.name)} has ${shown}`,
      expected,
      cell,
      key: 'no cell',
    });
    return undefined;
  }

  #together(source: Draft, axes: readonly string[]): Set<string> {
    const key = JSON.stringify([source.name, axes]);
    let taken = this.#taken.get(key);
    if (taken === undefined) {
      taken = new Set(source.matrix!.points.map((point) => JSON.stringify(axes.map((axis) => point[axis]))));
      this.#taken.set(key, taken);
    }
    return taken;
  }
}

/** The stretch of a text node at which a part of its value stands, if it stands there as it is. */
function part(node: Node, text: string, which: 'first' | 'last'): Span {
  const written = node.source.text.slice(node.start, node.end);
  const offset = which === 'first' ? written.indexOf(text) : written.lastIndexOf(text);
  return offset === -1 ? node : span(node.source, node.start + offset, node.start + offset + text.length);
}
