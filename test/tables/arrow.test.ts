import { columnFromArray, dictionary, int64, tableFromColumns, tableToIPC, timestamp, utf8 } from '@uwdata/flechette';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArrow, encodeArrow } from '../../src/tables/arrow.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import { arbitraryTable, plain } from './arbitraryTable.ts';

const foreign = (columns: Parameters<typeof tableFromColumns>[0]): Uint8Array =>
  tableToIPC(tableFromColumns(columns), { format: 'stream' })!;

describe('Arrow', () => {
  it('gives back every table, nulls, NaN, infinities and -0 included', () => {
    fc.assert(
      fc.property(arbitraryTable, (table) => {
        expect(plain(decodeArrow(encodeArrow(table)))).toEqual(plain(table));
      }),
    );
  });

  it('writes the same bytes for the same table, also after reading it back', () => {
    fc.assert(
      fc.property(arbitraryTable, (table) => {
        const bytes = encodeArrow(table);
        expect(Buffer.compare(encodeArrow(decodeArrow(bytes)), bytes)).toBe(0);
      }),
    );
  });

  it('writes every NaN as the same bits, with and without missing values beside it', () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8000000000123n, 0x7ff8000000000001n]).buffer);
    const table = (values: ArrayLike<number | null>) => tableFrom({ x: values }, { x: 'float64' }, 'x');
    expect(Buffer.compare(encodeArrow(table(odd)), encodeArrow(table([Number.NaN, Number.NaN])))).toBe(0);
    expect(Buffer.compare(encodeArrow(table([odd[0], null])), encodeArrow(table([Number.NaN, null])))).toBe(0);
  });

  it('keeps the width of a column whatever its values are', () => {
    const narrow = encodeArrow(tableFrom({ i: [1, 2] }, { i: 'int32' }, 'x'));
    const wide = encodeArrow(tableFrom({ i: [1, 2 ** 30] }, { i: 'int32' }, 'x'));
    expect(narrow.length).toBe(wide.length);
  });

  it('reads from bytes that do not start at an aligned address', () => {
    const table = tableFrom({ x: [0.5, 0.25], i: [1, 2] }, { x: 'float64', i: 'int32' }, 'x');
    const bytes = encodeArrow(table);
    const shifted = Buffer.from(new ArrayBuffer(bytes.length + 3));
    shifted.set(bytes, 3);
    expect(plain(decodeArrow(shifted.subarray(3)))).toEqual(plain(table));
  });

  it('keeps a table without rows or without columns', () => {
    const none = tableFrom({ i: [], s: [] }, { i: 'int32', s: 'utf8' }, 'x');
    expect(plain(decodeArrow(encodeArrow(none)))).toEqual(plain(none));
    expect(decodeArrow(encodeArrow(tableFrom({}, {}, 'x'))).rows).toBe(0);
  });

  it('reads other programs’ 64-bit integers and dictionaries of strings', () => {
    const bytes = foreign([
      ['n', columnFromArray([1, 2, 2], int64())],
      ['s', columnFromArray(['a', 'b', 'a'], dictionary(utf8()))],
    ]);
    expect(plain(decodeArrow(bytes))).toEqual({
      schema: { n: 'float64', s: 'utf8' },
      rows: 3,
      columns: { n: [1, 2, 2], s: ['a', 'b', 'a'] },
    });
  });

  it('says what is wrong with bytes that are not Arrow and with types it has no counterpart for', () => {
    expect(() => decodeArrow(new Uint8Array([1, 2, 3]), 'fit.arrow')).toThrow('fit.arrow: not an Arrow IPC file');
    const times = foreign([['when', columnFromArray([new Date(0)], timestamp())]]);
    expect(() => decodeArrow(times, 'fit.arrow')).toThrow('fit.arrow, column when: its Arrow type');
  });
});

describe('a file like one that was read before', () => {
  it('is read to the same table as alone, whichever of its bytes differ', () => {
    const read = (bytes: Uint8Array) => {
      try {
        return plain(decodeArrow(Uint8Array.from(bytes)));
      } catch (error) {
        return (error as Error).message;
      }
    };
    const first = encodeArrow(tableFrom({ x: [0.5, 0.25], i: [1, 2] }, { x: 'float64', i: 'int32' }, 'x'));
    const alone = new Map<number, unknown>();
    const altered = (at: number) => Uint8Array.from(first, (byte, index) => (index === at ? byte ^ 1 : byte));
    // Other lengths push layouts out.
    const forget = () => {
      for (let rows = 3; rows < 40; rows++)
        decodeArrow(encodeArrow(tableFrom({ x: new Float64Array(rows) }, undefined, 'x')));
    };
    for (let at = 0; at < first.length; at++) {
      forget();
      alone.set(at, read(altered(at)));
    }
    forget();
    for (let at = 0; at < first.length; at++) {
      decodeArrow(Uint8Array.from(first));
      expect(read(altered(at)), `byte ${at}`).toEqual(alone.get(at));
    }
  });
});
