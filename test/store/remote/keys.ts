import { sha256 } from '../../../src/store/canonical.ts';
import type { Trust } from '../../../src/store/remote/signedRecord.ts';
import { newSigningKey, readSigningKey, type SigningKey } from '../../../src/store/remote/signing.ts';

export const freshKey = (): SigningKey => readSigningKey(newSigningKey())!;

export const trusting =
  (...keys: readonly SigningKey[]): Trust =>
  (id) =>
    keys.find((key) => key.public.id === id)?.public;

export const KEY = sha256('some action');
