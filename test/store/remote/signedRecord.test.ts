import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../src/store/actions.ts';
import { sha256 } from '../../../src/store/canonical.ts';
import { decodeRecord, encodeRecord } from '../../../src/store/remote/signedRecord.ts';
import { isSigned, newSigningKey, readPublicKey, readSigningKey, signed } from '../../../src/store/remote/signing.ts';
import { freshKey, KEY, trusting } from './keys.ts';

const alice = freshKey();
const mallory = freshKey();
const PLACE = { namespace: 'main', key: KEY };
const RECORD: ActionRecord = {
  outputs: { rows: { digest: sha256('rows'), bytes: 4, rows: 1 }, plot: { digest: sha256('plot'), bytes: 9 } },
  seconds: 1.25,
  run: '2026-11-23T07-05-39-196Z-d2d733',
  target: 'squares[scale=2]#3',
};
const bytes = encodeRecord(PLACE, RECORD, alice);
// biome-ignore lint/suspicious/noExplicitAny: what is on the wire is anything
type Wire = Record<string, any>;
const edited = (edit: (wire: Wire) => void): Buffer => {
  const wire = JSON.parse(bytes.toString());
  edit(wire);
  return Buffer.from(JSON.stringify(wire));
};

describe('a record on the wire', () => {
  it('comes back as it was, naming the key that answers for it', () => {
    expect(decodeRecord(bytes, PLACE, trusting(alice))).toEqual({ ...RECORD, signedBy: alice.public.id });
    const resumed = { ...RECORD, from: 1000 };
    expect(decodeRecord(encodeRecord(PLACE, resumed, alice), PLACE, trusting(alice))).toMatchObject({ from: 1000 });
  });

  it('does not count when an untrusted key signed it', () => {
    const by = mallory.public.id;
    expect(decodeRecord(encodeRecord(PLACE, RECORD, mallory), PLACE, trusting(alice))).toEqual({
      refused: 'untrusted',
      by,
    });
  });

  it('does not count when it names a trusted key that did not sign it', () => {
    const wire = JSON.parse(encodeRecord(PLACE, RECORD, mallory).toString());
    const forged = Buffer.from(JSON.stringify({ ...wire, by: alice.public.id }));
    expect(decodeRecord(forged, PLACE, trusting(alice, mallory))).toMatchObject({ refused: 'altered' });
  });

  it('does not count for another action or another namespace', () => {
    const by = alice.public.id;
    for (const place of [
      { ...PLACE, key: sha256('other') },
      { ...PLACE, namespace: 'pull-requests' },
    ]) {
      expect(decodeRecord(bytes, place, trusting(alice))).toEqual({ refused: 'misplaced', by });
    }
  });

  it.each<[string, (wire: Wire) => void]>([
    ['an output', ({ record }) => (record.outputs.rows.digest = sha256('poison'))],
    ['a length', ({ record }) => record.outputs.rows.bytes++],
    ['the time', ({ record }) => (record.seconds = 0)],
    ['the key', (wire) => (wire.key = sha256('other'))],
    ['the namespace', (wire) => (wire.namespace = 'other')],
    ['something more', (wire) => (wire.more = true)],
  ])('does not count once it is changed: %s', (_, edit) => {
    expect(decodeRecord(edited(edit), PLACE, trusting(alice))).toMatchObject({ refused: 'altered' });
  });

  it('does not count with any byte changed or cut off, and nothing throws', () => {
    for (let length = 0; length < bytes.length - 1; length++) {
      expect(decodeRecord(bytes.subarray(0, length), PLACE, trusting(alice))).toHaveProperty('refused');
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const other = Buffer.from(bytes);
        other[at] ^= flip;
        const read = decodeRecord(other, PLACE, trusting(alice));
        // White space and the spare bits of base64 say nothing: then it is the record that was signed.
        if (!('refused' in read)) expect(read).toEqual({ ...RECORD, signedBy: alice.public.id });
      }),
    );
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(decodeRecord(Buffer.from(text), PLACE, trusting(alice))).toEqual({ refused: 'malformed' });
      }),
    );
    const deep = Buffer.from('['.repeat(300_000));
    expect(decodeRecord(deep, PLACE, trusting(alice))).toEqual({ refused: 'malformed' });
  });

  it('is malformed where a trusted key signs what no record holds', () => {
    const odd: Partial<ActionRecord>[] = [
      { seconds: -1 },
      { run: '../../etc' },
      { target: 'a\u001b[2Jb' },
      { outputs: { rows: { digest: '../../etc/passwd', bytes: 1 } } },
      { outputs: { rows: { digest: sha256('x'), bytes: -1 } } },
    ];
    for (const part of odd) {
      const wire = encodeRecord(PLACE, { ...RECORD, ...part }, alice);
      expect(decodeRecord(wire, PLACE, trusting(alice))).toEqual({ refused: 'malformed' });
    }
  });

  it('carries nothing but what was asked for into the store', () => {
    const more = { ...RECORD, accepted: { from: KEY, statement: KEY }, extra: 1 } as ActionRecord;
    expect(decodeRecord(encodeRecord(PLACE, more, alice), PLACE, trusting(alice))).toEqual({
      ...RECORD,
      signedBy: alice.public.id,
    });
  });
});

describe('keys', () => {
  it('are one text each; what is no key is none', () => {
    expect(readPublicKey(alice.public.text)).toMatchObject({ id: alice.public.id });
    for (const text of ['', 'ed25519:', `${alice.public.text}A`, alice.public.text.slice(0, -1), 'rsa:abc']) {
      expect(readPublicKey(text)).toBeUndefined();
    }
    expect(readSigningKey('-----BEGIN PRIVATE KEY-----\nnothing\n-----END PRIVATE KEY-----')).toBeUndefined();
    expect(readSigningKey(newSigningKey())?.public.text).toMatch(/^ed25519:/);
  });

  it('sign for one type of record', () => {
    const signature = signed('one', { a: 1 }, alice);
    expect(isSigned('one', { a: 1 }, signature, alice.public)).toBe(true);
    expect(isSigned('other', { a: 1 }, signature, alice.public)).toBe(false);
    expect(isSigned('one', { a: 1 }, signature, mallory.public)).toBe(false);
  });
});
