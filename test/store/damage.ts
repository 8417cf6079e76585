/** A file cut to every length, and with a bit flipped in every byte: which one is told by the byte's place. */
export function* damagedAtEveryByte(whole: Buffer): Generator<Buffer> {
  yield* cutAtEveryByte(whole);
  for (let at = 0; at < whole.length; at++) yield flipped(whole, at, at % 8);
}

/** A file cut to every length, and with every single bit of it flipped. */
export function* damagedAtEveryBit(whole: Buffer): Generator<Buffer> {
  yield* cutAtEveryByte(whole);
  for (let at = 0; at < whole.length; at++) for (let bit = 0; bit < 8; bit++) yield flipped(whole, at, bit);
}

function* cutAtEveryByte(whole: Buffer): Generator<Buffer> {
  for (let length = 0; length < whole.length; length++) yield whole.subarray(0, length);
}

function flipped(whole: Buffer, at: number, bit: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes[at] ^= 1 << bit;
  return bytes;
}

/** What a reader gives; undefined where it says, by one of these errors, that there is nothing whole. */
export function orUndefined<T>(read: () => T, ...errors: readonly string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && errors.includes(error.name)) return undefined;
    throw error;
  }
}
