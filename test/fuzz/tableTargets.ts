import { readSpec } from '../../src/figures/readSpec.ts';
import { renderFigure } from '../../src/figures/renderFigure.ts';
import { decodeArrow, encodeArrow } from '../../src/tables/arrow.ts';
import { judge } from '../../src/tables/claimTest.ts';
import { fromCsv, toCsv } from '../../src/tables/csv.ts';
import { columnsRead } from '../../src/tables/expression.ts';
import { tableFrom, tableFromRows } from '../../src/tables/tableFrom.ts';
import { applyVerbs } from '../../src/tables/verbs.ts';
import { JSON_SIGNS } from './stateFiles.ts';
import type { Target } from './target.ts';

const text = (input: Uint8Array): string => new TextDecoder().decode(input);

const SCHEMA = { x: 'float64', s: 'utf8', b: 'bool' } as const;
const rows = tableFrom({ x: [1, 2, null], s: ['a', 'b', null], b: [true, false, null] }, SCHEMA, 'rows');

/** Set by whatever code of an input comes to run. */
declare global {
  var escaped: unknown;
}

/** Code would set it in all of JavaScript; a name such as __proto__ would in every object. */
const hasEscaped = (): boolean => globalThis.escaped !== undefined || 'escaped' in Object.prototype;

/** Runs something that is to run no code of its input. */
function closed(run: () => void): void {
  globalThis.escaped = undefined;
  let refusal: unknown;
  try {
    run();
  } catch (error) {
    refusal = error;
  }
  if (hasEscaped()) throw new RangeError('code of the input ran');
  if (refusal !== undefined) throw refusal;
}

/** What a reader answers in the case that it is given JSON at all. */
function json(input: Uint8Array): unknown {
  try {
    return JSON.parse(text(input));
  } catch {
    return undefined;
  }
}

const EXPRESSION = [
  'd',
  ' => ',
  'd.x',
  'd.s',
  'd.b',
  '.constructor',
  '["constructor"]',
  '("globalThis.escaped=1")',
  '()',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  'op.',
  'op.mean(',
  'op.repeat(',
  'Math.',
  'this',
  'globalThis',
  'new ',
  'Function',
  '`',
  '${',
  '"',
  "'",
  '\\',
  '/',
  '/(a+)+$/',
  ',',
  ';',
  '?',
  ':',
  '&&',
  '||',
  '??',
  '==',
  '=>',
  '...',
  '+',
  '-',
  '*',
  '1e9',
  'null',
  'return ',
  'function',
  'eval',
  'import(',
  'await ',
  '\n',
];

export const tableTargets: readonly Target[] = [
  {
    name: 'expression',
    words: EXPRESSION,
    refuses: ['TableError'],
    share: 8,
    take(input) {
      const written = text(input);
      closed(() => {
        columnsRead({ name: 'x', text: written, path: 'x' });
        judge(rows, { every: written });
      });
    },
  },
  {
    name: 'verbs',
    words: [
      ...JSON_SIGNS,
      '"derive"',
      '"filter"',
      '"rollup"',
      '"groupby"',
      '"pivot"',
      '"spread"',
      '"unroll"',
      '"fold"',
      '"join"',
      '"with"',
      '"on"',
      '"select"',
      '"slice"',
      '"impute"',
      '"orderby"',
      '"x"',
      '"s"',
      '"d => d.x"',
      '"rows"',
      '"from"',
      '1',
      '-1',
      '1e9',
      'null',
    ],
    refuses: ['TableError'],
    share: 5,
    take(input) {
      const verbs = json(input);
      if (verbs !== undefined) closed(() => applyVerbs({ rows, other: rows }, 'rows', verbs));
    },
  },
  {
    name: 'arrow',
    words: ['ARROW1', 'ARROW1\0\0', '\uffff\uffff', '\0\0\0\0', 'x'],
    refuses: ['TableError'],
    share: 12,
    take(input) {
      const table = decodeArrow(new Uint8Array(input));
      for (const column of Object.values(table.columns)) {
        if (column.length !== table.rows) throw new RangeError('a column is not as long as its table');
      }
      encodeArrow(table);
    },
  },
  {
    name: 'csv',
    words: [',', '"', '""', '\n', '\r\n', 'x', '1', '1e5', 'NaN', 'true', ' '],
    refuses: ['TableError'],
    share: 5,
    take: (input) => toCsv(fromCsv(text(input))),
  },
  {
    name: 'json-table',
    words: ['[', ']', '{', '}', '"x"', ':', ',', '1', 'null', 'true', '"s"', '[1]'],
    refuses: ['TableError'],
    share: 5,
    take(input) {
      const value = json(input);
      if (value !== undefined) tableFromRows(value, undefined, 'rows');
    },
  },
  {
    name: 'spec',
    words: [
      'data: ',
      'url: ',
      'http://127.0.0.1:9/x',
      'file:///etc/passwd',
      'data:text/csv,a',
      'name: rows',
      'mark: ',
      'image',
      'line',
      'encoding: ',
      'x: ',
      'field: ',
      'href: ',
      'javascript:alert(1)',
      'transform: ',
      'calculate: ',
      '"globalThis.escaped=1"',
      'params: ',
      'expr: ',
      'layer: ',
      'datum.x',
      'constructor',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '\n',
    ],
    refuses: ['FigureError'],
    share: 1,
    async take(input) {
      globalThis.escaped = undefined;
      const figure = await renderFigure({
        spec: await readSpec(input, 'f.vl.yaml'),
        tables: { rows },
        formats: ['svg'],
      });
      if (hasEscaped()) throw new RangeError('code of the input ran');
      const svg = text(figure.files.svg!);
      if (
        /<script|<foreignObject|javascript:|\son\w+=/i.test(
          svg.replaceAll(/>[^<]*</g, '><').replaceAll(/aria-[a-z]+="[^"]*"/g, ''),
        )
      )
        throw new RangeError('the drawing holds code');
    },
  },
];
