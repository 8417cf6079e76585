import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { courses, showTable } from '../../src/cli/tableLines.ts';
import { width } from '../../src/cli/text.ts';
import type { Table } from '../../src/tables/table.ts';

const terminal = (columns: number) => ({ isTTY: true, columns }) as NodeJS.WriteStream;
const pipe = { isTTY: false } as unknown as NodeJS.WriteStream;

const table: Table = {
  schema: { policy: 'utf8', C: 'int32', delay: 'float64', stable: 'bool' },
  columns: {
    policy: ['an additive threshold with a long name', 'none', 'none'],
    C: [2, 3, 4],
    delay: [1.5, null, Number.NaN],
    stable: [true, false, true],
  },
  rows: 3,
};

/** Without the escapes that make the names bold. */
const plain = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace('\u001b[1m', '').replace('\u001b[22m', ''));

describe('a table in the terminal', () => {
  it('has all of its columns in a pipe, and as many rows as are asked for', () => {
    const { lines, hidden } = showTable(table, 2, pipe);
    expect(lines).toEqual([
      'policy                                  C  delay  stable',
      'an additive threshold with a long name  2    1.5    true',
      'none                                    3          false',
    ]);
    expect(hidden).toEqual([]);
  });

  it('cuts texts before it leaves out columns, which it names', () => {
    const { lines, hidden } = showTable(table, 3, terminal(40));
    expect(plain(lines)).toEqual([
      'policy                  C  delay  stable',
      'an additive threshold…  2    1.5    true',
      'none                    3          false',
      'none                    4    NaN    true',
    ]);
    expect(hidden).toEqual([]);
    const narrow = showTable(table, 1, terminal(20));
    expect(plain(narrow.lines)).toEqual(['policy        C', 'an additive…  2']);
    expect(narrow.hidden).toEqual(['delay', 'stable']);
  });

  it('is never wider than the terminal, as long as one column fits', () => {
    const cells = fc.array(fc.tuple(fc.string(), fc.double(), fc.string({ unit: 'grapheme' })), { maxLength: 5 });
    fc.assert(
      fc.property(cells, fc.integer({ min: 26, max: 120 }), fc.nat(2), (rows, columns, indent) => {
        const given: Table = {
          schema: { a: 'utf8', b: 'float64', c: 'utf8' },
          columns: { a: rows.map(([a]) => a), b: rows.map(([, b]) => b), c: rows.map(([, , c]) => c) },
          rows: rows.length,
        };
        for (const line of showTable(given, 9, terminal(columns), indent).lines) {
          expect(width(line) + indent).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });
});

describe('the courses of columns', () => {
  it('are drawn for columns of numbers that differ, within the terminal', () => {
    const long: Table = {
      schema: { i: 'int32', same: 'float64', tail: 'float64', name: 'utf8' },
      columns: {
        i: Array.from({ length: 200 }, (_, i) => i),
        same: Array.from({ length: 200 }, () => 3),
        tail: Array.from({ length: 200 }, (_, i) => 2 ** -i),
        name: Array.from({ length: 200 }, String),
      },
      rows: 200,
    };
    const lines = courses(long, pipe);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^i {5}▁+▂+▃+▄+▅+▆+▇+█+ {2}0 to 199$/);
    expect(lines[1]).toMatch(/^tail {2}█+▇+▆+▅+▄+▃+▂+▁+ {2}1\.2446e-60 to 1, log$/);
    for (const columns of [60, 80, 120]) {
      for (const line of courses(long, terminal(columns))) expect(width(line)).toBeLessThanOrEqual(columns);
    }
    expect(courses(long, terminal(30))).toEqual([]);
  });
});
