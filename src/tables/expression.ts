import { parse } from 'arquero';
import { TableError } from './column.ts';
import { suggestion } from './nearest.ts';
import type { Expression } from './verb.ts';

/** A column that an expression reads: of the row (table 0), or of one of the two rows of a join condition (1, 2). */
export interface ColumnUse {
  readonly name: string;
  readonly table: 0 | 1 | 2;
  /** True where the expression itself asks whether the value is missing. */
  readonly tested: boolean;
}

interface Ast {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Functions whose value changes from run to run, or with the machine's time zone. */
const IMPURE = new Set(
  `random now timestamp datetime utcdatetime year quarter month week date dayofyear dayofweek hours minutes seconds
  milliseconds format_date`.split(/\s+/),
);

const MISSING_TESTS = new Set(['is_nan', 'is_finite']);

/** What Arquero's expressions may consist of here: values, operators and calls of its functions. */
const PARTS = new Set(
  `Column Constant Function Literal Identifier TemplateLiteral TemplateElement MemberExpression CallExpression ArrayExpression
  BinaryExpression LogicalExpression UnaryExpression ConditionalExpression ObjectExpression Property`.split(/\s+/),
);

/** Where an expression stands and how it begins. */
const placeOf = ({ path, text }: Expression): string =>
  `${path}: ${JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text)}`;

const isAst = (value: unknown): value is Ast =>
  typeof value === 'object' && value !== null && typeof (value as Ast).type === 'string';

const children = (node: Ast): Ast[] => Object.values(node).flat().filter(isAst);

/** Properties through which a value leads to code: constructor, call, toString and the like. */
const leadsToCode = (name: string): boolean =>
  name in Object.prototype || (name in Function.prototype && name !== 'length');

function refuse(node: Ast, parent: Ast | null): string | undefined {
  if (!PARTS.has(node.type)) return `${node.type} is not part of the expression language`;
  if (node.type === 'Identifier' && parent?.type !== 'MemberExpression' && parent?.type !== 'Property')
    return `${String(node.name)} alone is not a value; name a column of it, as in d.x`;
  if (node.type === 'UnaryExpression' && !['-', '+', '!', '~'].includes(node.operator as string))
    return `operator ${String(node.operator)} is not part of the expression language`;
  if (node.type === 'CallExpression' && !isFunction(node.callee)) return 'only functions of op and Math can be called';
  if (node.type === 'Function' && IMPURE.has(node.name as string))
    return `op.${String(node.name)} does not give the same value every time`;
  if (node.type === 'MemberExpression') return refuseMember(node);
  if (node.type === 'Property' && (node.computed === true || (node.key as Ast).type !== 'Identifier'))
    return 'a key of an object must be a plain name';
  return undefined;
}

function refuseMember(node: Ast): string | undefined {
  const property = node.property as Ast;
  if (node.computed === true)
    return property.type === 'Literal' && typeof property.value === 'number'
      ? undefined
      : 'only a number can stand in the brackets behind a value';
  return property.type === 'Identifier' && !leadsToCode(property.name as string)
    ? undefined
    : `property ${String(property.name)} is not part of the expression language`;
}

const isFunction = (node: unknown): boolean => isAst(node) && node.type === 'Function';

const isNullLiteral = (node: unknown): boolean => isAst(node) && node.type === 'Literal' && node.value === null;

/** The operands that an expression asks about being missing: x == null, x ?? y, op.is_nan(x), op.is_finite(x). */
function testedOperands(node: Ast): unknown[] {
  if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator as string))
    return isNullLiteral(node.right) ? [node.left] : isNullLiteral(node.left) ? [node.right] : [];
  if (node.type === 'LogicalExpression' && node.operator === '??') return [node.left];
  const { callee } = node as { callee?: Ast };
  return isAst(callee) && MISSING_TESTS.has(String(callee.name)) ? (node.arguments as unknown[]) : [];
}

/** Arquero would compile pieces of an expression while parsing it; reading one must not run anything. */
const compiler = {
  expr: () => () => null,
  expr2: () => () => null,
  join: () => () => null,
  escape: () => () => null,
  param() {
    throw new Error('a column’s name must be written out');
  },
};

/** Stands for a table with every column: which columns exist is for `checkColumns` to say. */
const anyTable = { column: () => true, params: () => ({}) };

const STRINGS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
// A name is looked at from its beginning only: from each of its letters, a long one would take the square of its length.
const METHOD_CALL = /((?<![\w$])[\w$]+|[\])])\s*\.\s*([\w$]+)\s*\(/g;

/** Arquero takes only the name of what is called, so `d.s.trim()` would quietly lose `d.s`. */
function refuseMethods(text: string): void {
  for (const [, object, method] of text.replaceAll(STRINGS, '""').matchAll(METHOD_CALL)) {
    if (object !== 'op' && object !== 'Math')
      throw new TableError(`values have no methods here; write op.${method}(value, …) instead of value.${method}(…)`);
  }
}

/** Characters of an expression. Longer ones are no one's hand's. */
const LONGEST = 10_000;

/** Brackets inside one another: the parser and its followers recurse, and must not run out of stack. */
const DEEPEST = 500;

function checkSize(text: string): void {
  if (text.length > LONGEST) throw new TableError(`is longer than ${LONGEST} characters`);
}

function parsed(text: string, tables: 1 | 2): Ast {
  checkSize(text);
  refuseMethods(text);
  const options = { ast: true, compiler, ...(tables === 2 ? { join: [anyTable, anyTable] } : {}) };
  const { exprs } = (parse as (input: object, options: object) => { exprs: Ast[] })({ x: text }, options);
  return exprs[0];
}

/**
 * The columns that an expression reads, in the order in which it names them.
 *
 * Arquero compiles expressions to JavaScript. Its checks are meant for slips, not for hostile input: with declarations
 * one can shadow its own helpers and reach the Function constructor. So only values, operators and Arquero's own
 * deterministic functions are let through, by a list of what is allowed.
 * @throws {TableError} with the place, the expression, and what is wrong
 */
export function columnsRead(expression: Expression, tables: 1 | 2 = 1): ColumnUse[] {
  const where = placeOf(expression);
  let root: Ast;
  try {
    root = parsed(expression.text, tables);
  } catch (error) {
    // Arquero's notes speak of its JavaScript interface.
    throw new TableError(`${where}: ${(error as Error).message.split('\nNote:')[0]}`);
  }
  const uses: ColumnUse[] = [];
  const visit = (node: Ast, parent: Ast | null, tested: ReadonlySet<unknown>, depth: number): void => {
    if (depth > DEEPEST) throw new TableError(`${where}: is nested deeper than ${DEEPEST} levels`);
    const refusal = refuse(node, parent);
    if (refusal !== undefined) throw new TableError(`${where}: ${refusal}`);
    if (node.type === 'Column')
      uses.push({
        name: String(node.name),
        table: ((node.table as number) ?? 0) as 0 | 1 | 2,
        tested: tested.has(node),
      });
    const operands = new Set(testedOperands(node));
    for (const child of children(node)) visit(child, node, operands, depth + 1);
  };
  visit(root, null, new Set(), 0);
  return uses;
}

/** @throws {TableError} if a column is not there, with the nearest name that is */
export function checkColumn(name: string, known: readonly string[], where: string): void {
  if (!known.includes(name)) throw new TableError(`${where}: there is no column ${name}${suggestion(name, known)}`);
}

/**
 * Checks an expression and that every column it reads exists.
 * @param columns names of the row's columns; of both rows' for a join condition
 * @throws {TableError} as {@link columnsRead} and {@link checkColumn}
 */
export function checkExpression(expression: Expression, ...columns: readonly (readonly string[])[]): void {
  for (const { name, table } of columnsRead(expression, columns.length as 1 | 2)) {
    checkColumn(name, columns[Math.max(0, table - 1)], placeOf(expression));
  }
}
