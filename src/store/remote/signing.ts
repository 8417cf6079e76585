import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { canonical, type Digest, sha256 } from '../canonical.ts';

/** Who answers for a result, by the digest of the public key. */
export interface PublicKey {
  readonly id: Digest;
  /** `ed25519:…`, as it stands in lists of trusted keys. */
  readonly text: string;
  readonly key: KeyObject;
}

export interface SigningKey {
  readonly public: PublicKey;
  readonly key: KeyObject;
}

const FORM = /^ed25519:([A-Za-z0-9_-]{43})$/;

/** A public key from its text; undefined for what is none. */
export function readPublicKey(text: string): PublicKey | undefined {
  const [, x] = FORM.exec(text) ?? [];
  if (x === undefined) return undefined;
  try {
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
    const given = publicKeyOf(key);
    return given.text === text ? given : undefined; // one text for a key: its last character has spare bits
  } catch {
    return undefined;
  }
}

function publicKeyOf(key: KeyObject): PublicKey {
  const x = key.export({ format: 'jwk' }).x!;
  return { id: sha256(Buffer.from(x, 'base64url')), text: `ed25519:${x}`, key };
}

/** A private key in PEM (PKCS #8), as openssl writes it too; undefined for what is no Ed25519 key. */
export function readSigningKey(pem: string): SigningKey | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? { public: publicKeyOf(createPublicKey(key)), key } : undefined;
  } catch {
    return undefined;
  }
}

/** A new private key, in PEM. */
export const newSigningKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

/** The record type is part of what is signed, so that no signature counts for anything else. */
const toBeSigned = (recordType: string, value: unknown): Buffer =>
  Buffer.from(`${canonical(recordType)}${canonical(value)}`);

/** Signs plain data; the signature is in base64url. */
export const signed = (recordType: string, value: unknown, { key }: SigningKey): string =>
  sign(null, toBeSigned(recordType, value), key).toString('base64url');

/** Whether a key signed this. Throws a TypeError for what is no plain data. */
export const isSigned = (recordType: string, value: unknown, signature: string, { key }: PublicKey): boolean =>
  verify(null, toBeSigned(recordType, value), key, Buffer.from(signature, 'base64url'));
