/** A file cut to every length, and with a bit flipped in every byte: which one is told by the byte's place. */
export function* damagedAtEveryByte(whole: Buffer): Generator<Buffer> {
  for (let at = 0; at < whole.length; at++) {
    yield whole.subarray(0, at);
    const flipped = Buffer.from(whole);
    flipped[at] ^= 1 << (at % 8);
    yield flipped;
  }
}
