import fc from 'fast-check';

const HOSTILE = [
  '\0',
  '\ufeff',
  '\r\n',
  '\r',
  '\u202e',
  '\u2028',
  '𝛼',
  'e\u0301',
  '\ud83d\ude00',
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  '/dev/zero',
  '1e999',
  '-0',
  'NaN',
  '9007199254740993',
  '99999999999999999999999999999',
  '0x7fffffff',
  '${',
  '${params.n}',
  '$(id)',
  '</script>',
  '%00',
];

/** Values that lengths and offsets are not expected to have. */
const EDGES = [
  0n,
  1n,
  -1n,
  127n,
  255n,
  32_767n,
  65_535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

/** Bytes of an input: enough for a depth or a length that hurts. */
const LONGEST = 20_000;

type Mutation = (bytes: Buffer) => Buffer;

const insert = (bytes: Buffer, at: number, more: Uint8Array): Buffer => {
  const place = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)]);
};

function mutation(words: readonly string[], corpus: readonly Uint8Array[]): fc.Arbitrary<Mutation> {
  const at = fc.nat(0xffff);
  const slice = fc.record({ from: at, length: fc.nat(40) });
  const cut = (bytes: Buffer, from: number, length: number): Buffer => {
    const start = from % (bytes.length + 1);
    return bytes.subarray(start, start + length);
  };
  return fc.oneof(
    fc.tuple(at, fc.nat(7)).map(
      ([place, bit]): Mutation =>
        (bytes) => {
          const copy = Buffer.from(bytes);
          if (copy.length > 0) copy[place % copy.length] ^= 1 << bit;
          return copy;
        },
    ),
    at.map(
      (place): Mutation =>
        (bytes) =>
          bytes.subarray(0, place % (bytes.length + 1)),
    ),
    slice.map(
      ({ from, length }): Mutation =>
        (bytes) => {
          const start = from % (bytes.length + 1);
          return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + length)]);
        },
    ),
    fc.record({ slice, to: at, times: fc.constantFrom(1, 1, 2, 10, 3000) }).map(
      ({ slice: { from, length }, to, times }): Mutation =>
        (bytes) =>
          insert(bytes, to, Buffer.concat(Array.from({ length: times }, () => cut(bytes, from, length)))),
    ),
    fc.record({ other: fc.constantFrom(...corpus), slice, to: at }).map(
      ({ other, slice: { from, length }, to }): Mutation =>
        (bytes) =>
          insert(bytes, to, cut(Buffer.from(other), from, length * 4)),
    ),
    fc.record({ word: fc.constantFrom(...words, ...HOSTILE), to: at, times: fc.constantFrom(1, 1, 1, 2, 500) }).map(
      ({ word, to, times }): Mutation =>
        (bytes) =>
          insert(bytes, to, Buffer.from(word.repeat(times))),
    ),
    fc.record({ edge: fc.constantFrom(...EDGES), width: fc.constantFrom(1, 2, 4, 8), to: at }).map(
      ({ edge, width, to }): Mutation =>
        (bytes) => {
          if (bytes.length < width) return bytes;
          const copy = Buffer.from(bytes);
          const eight = Buffer.alloc(8);
          eight.writeBigInt64LE(BigInt.asIntN(64, edge));
          eight.copy(copy, to % (copy.length - width + 1), 0, width);
          return copy;
        },
    ),
  );
}

/** What a target is tried with: its corpus mutated, its words put together, and any bytes. */
export function inputs(words: readonly string[], corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const mutated = fc
    .tuple(fc.constantFrom(...corpus), fc.array(mutation(words, corpus), { minLength: 1, maxLength: 5 }))
    .map(([seed, mutations]) =>
      mutations.reduce<Buffer>((bytes, mutate) => mutate(bytes), Buffer.from(seed)).subarray(0, LONGEST),
    );
  const spoken = fc
    .array(fc.constantFrom(...words, ...words, ...HOSTILE), { maxLength: 40 })
    .map((parts) => Buffer.from(parts.join('')));
  return fc.oneof(
    { weight: 8, arbitrary: mutated },
    { weight: 3, arbitrary: spoken },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
}
