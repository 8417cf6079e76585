import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, compareCodePoints, digestOf, sha256 } from '../../src/store/canonical.ts';

/** Values that may stand in a key, with texts and numbers that are easily confused. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -0, 1, '1', '', 'a', 's1:a', 'n', 't', '\ud800', '\ufffd', 'o0:', 'd1;'),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab', '1', ''), tie('value'), { maxKeys: 3 }),
  ),
}));

describe('canonical', () => {
  it('never gives two different values one text', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(canonical(a) === canonical(b)).toBe(isDeepStrictEqual(plain(a), plain(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives a value and its copy through JSON one text', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (v) => {
        const once = JSON.parse(JSON.stringify(v)); // where -0 is 0
        expect(canonical(JSON.parse(JSON.stringify(once)))).toBe(canonical(once));
      }),
    );
  });

  it('gives a record met before the text that it had, in whatever order its names come', () => {
    const names = fc.constantFrom('met', 'met before', 'a', 'b', '\ud800', '\ud83d\ude00', '\uffff');
    fc.assert(
      fc.property(fc.uniqueArray(names), fc.array(fc.uniqueArray(names), { maxLength: 3 }), (of, others) => {
        const record = (order: readonly string[]) => Object.fromEntries(order.map((name) => [name, 1]));
        const sorted = of.toSorted(compareCodePoints);
        const expected = `o${of.length}:${sorted.map((name) => canonical(name) + canonical(1)).join('')}`;
        for (const other of others) canonical(record(other));
        expect(canonical(record(of))).toBe(expected);
        expect(canonical(record(sorted))).toBe(expected);
        expect(canonical({ ...record(sorted), gone: undefined })).toBe(expected);
      }),
    );
  });

  it('does not depend on the order in which keys were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
        const backwards = Object.fromEntries(Object.entries(object).reverse());
        expect(canonical(backwards)).toBe(canonical(object));
      }),
    );
  });

  it('tells neighbours apart that concatenation would join', () => {
    const texts = [['ab', 'c'], ['a', 'bc'], ['abc'], 'abc', [['ab'], 'c'], { ab: 'c' }, { a: 'bc' }].map(canonical);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('takes an absent property and an undefined one for the same', () => {
    expect(canonical({ a: 1, b: undefined })).toBe(canonical({ a: 1 }));
  });

  it('tells the signs of zero apart', () => {
    expect(canonical(-0)).not.toBe(canonical(0));
  });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['a function', () => 1],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a bigint', 1n],
    ['a symbol', Symbol('s')],
    ['undefined in an array', [undefined]],
    ['a hole in an array', new Array(1)],
  ])('refuses %s, also deep inside', (_, wrong) => {
    expect(() => canonical(wrong)).toThrow(TypeError);
    expect(() => canonical({ a: [{ b: wrong }] })).toThrow(TypeError);
  });

  it('takes objects without a prototype', () => {
    expect(canonical(Object.assign(Object.create(null), { a: 1 }))).toBe(canonical({ a: 1 }));
  });
});

describe('compareCodePoints', () => {
  it('orders by code point where UTF-16 units order otherwise', () => {
    expect('\u{1f600}' < '\uff5e').toBe(true);
    expect(compareCodePoints('\u{1f600}', '\uff5e')).toBeGreaterThan(0);
  });

  it('agrees with comparing the lists of code points', () => {
    const points = (text: string) => [...text].map((c) => c.codePointAt(0)!);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const [x, y] = [points(a), points(b)];
        const at = x.findIndex((point, i) => point !== y[i]);
        const expected = at < 0 ? x.length - y.length : y[at] === undefined ? 1 : x[at] - y[at];
        expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(expected));
      }),
    );
  });
});

describe('digests', () => {
  it('are sha256 in hexadecimal', () => {
    // FIPS 180-2, appendix B.1
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('keep equal values of different meaning apart', () => {
    expect(digestOf('seed', { a: 1 })).not.toBe(digestOf('action', { a: 1 }));
  });

  it('keep texts apart that have no UTF-8 of their own', () => {
    const texts = ['\ud800', '\udfff', '\ufffd', 'ud800', 'u1:d800'];
    expect(new Set(texts.map((text) => digestOf('text', text))).size).toBe(texts.length);
  });
});

/** fast-check makes some dictionaries without a prototype, which deep equality tells from others. */
function plain(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(plain);
  if (typeof v !== 'object' || v === null) return v;
  return Object.fromEntries(Object.entries(v).map(([key, item]) => [key, plain(item)]));
}
