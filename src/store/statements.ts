import { join } from 'node:path';
import { type Digest, digestOf } from './canonical.ts';
import { readSealed, writeSealed } from './sealed.ts';

/** Something that code is made of, before and after; null where it was not there. */
export interface CodeChange {
  readonly what: 'source' | 'package' | 'runtime' | 'code';
  /** A source file's or package's name, or the kind's. */
  readonly name: string;
  /** A digest, or a version. */
  readonly from: string | null;
  readonly to: string | null;
}

/** One change of code, and the actions of each stage that were accepted across it. */
export interface StatedChange {
  readonly kind: string;
  /** Digests of the kind's code. */
  readonly from: Digest;
  readonly to: Digest;
  readonly changes: readonly CodeChange[];
  readonly stages: readonly {
    readonly stage: string;
    readonly entry: 'run' | 'combine';
    readonly accepted: number;
    /** How many of them were computed again, with equal bytes. */
    readonly recomputed: number;
  }[];
}

/** What somebody said of a change of code, and what of it was checked. */
export interface Statement {
  readonly format: 1;
  readonly because: string;
  /** Who and when, for people: nothing is decided by it. */
  readonly by: { readonly user: string; readonly host: string; readonly at: string };
  readonly accepted: number;
  readonly changes: readonly StatedChange[];
  /** Those of the accepted actions that were computed again; the others are taken on trust. */
  readonly recomputed: readonly { readonly target: string; readonly key: Digest }[];
}

/** Their folder below the store. */
export const STATEMENTS = 'statements';

export const statementPath = (storeRoot: string, id: Digest): string => join(storeRoot, STATEMENTS, `${id}.json`);

/** Writes a statement under the digest of what it says. It has to be there before a record names it. */
export function writeStatement(storeRoot: string, statement: Statement): Digest {
  const id = digestOf('statement', statement);
  writeSealed(statementPath(storeRoot, id), statement);
  return id;
}

/** Undefined where it is not there, or does not say any more what it is named after. */
export function readStatement(storeRoot: string, id: Digest): Statement | undefined {
  if (!/^[0-9a-f]{64}$/.test(id)) return undefined; // a name becomes a path
  const statement = readSealed<Statement>(statementPath(storeRoot, id));
  return statement !== undefined && digestOf('statement', statement) === id ? statement : undefined;
}
