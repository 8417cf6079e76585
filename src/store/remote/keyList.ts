import { writeAtomically } from '../atomic.ts';
import type { Digest } from '../canonical.ts';
import { readPlain } from '../ownFile.ts';
import type { Trust } from './signedRecord.ts';
import { type PublicKey, readPublicKey } from './signing.ts';

/** A key whose records are taken. */
export interface TrustedKey {
  /** What people call its owner. */
  readonly name: string;
  readonly public: PublicKey;
  /** The namespaces in which it is trusted; absent: in all of them. */
  readonly namespaces?: readonly string[];
}

/** A list of keys: one a line, `name ed25519:… [namespace …]`, or `revoked ed25519:…`; `#` begins a comment. */
export interface KeyList {
  readonly trusted: readonly TrustedKey[];
  /** Not trusted, whatever another list says. */
  readonly revoked: readonly PublicKey[];
}

/** A line that says nothing. Nothing of its list is taken: it may have been a revocation. */
export class KeyListError extends Error {
  override readonly name = 'KeyListError';

  constructor(path: string, line: number) {
    super(`${path}:${line}: expected \`name ed25519:… [namespace …]\` or \`revoked ed25519:…\``);
  }
}

const REVOKED = 'revoked';

/** A slip of the finger, or of a bit, must not make trust of a revocation: what is but one letter away from it is no name. */
const LIKE_REVOKED = new RegExp(
  `^(?:${[...REVOKED, '']
    .flatMap((letter, at) => {
      const [before, after] = [REVOKED.slice(0, at), REVOKED.slice(at + letter.length)];
      return [`${before}.?${after}`, `${before}.${letter}${after}`];
    })
    .join('|')})$`,
  'iu',
);

/** Whether somebody's key can be called so in a list. */
export const isKeyName = (name: string): boolean =>
  !LIKE_REVOKED.test(name) && /^[\p{L}\p{N}][\p{L}\p{N}_.@-]{0,99}$/u.test(name);

/** Without a file there are none. Throws {@link KeyListError}, and NotAFile where something else is in its place. */
export function readKeyList(path: string): KeyList {
  const trusted: TrustedKey[] = [];
  const revoked: PublicKey[] = [];
  for (const [at, line] of linesOf(path).entries()) {
    const [name, text, ...namespaces] = line.replace(/#.*/, '').split(/\s+/).filter(Boolean);
    if (name === undefined) continue;
    const key = readPublicKey(text ?? '');
    if (key === undefined || (name === REVOKED ? namespaces.length > 0 : !isKeyName(name))) {
      throw new KeyListError(path, at + 1);
    }
    if (name === REVOKED) revoked.push(key);
    else trusted.push({ name, public: key, ...(namespaces.length > 0 && { namespaces }) });
  }
  return { trusted, revoked };
}

const linesOf = (path: string): string[] => readPlain(path)?.toString('utf8').split(/\r?\n/) ?? [];

/** Adds a key, in place of what the list said of it. */
export function addToKeyList(path: string, { name, public: key, namespaces = [] }: TrustedKey): void {
  rewrite(path, key, [name, key.text, ...namespaces].join(' '));
}

/** Takes a key out of a list and says that it is revoked. */
export const revokeInKeyList = (path: string, key: PublicKey): void => rewrite(path, key, `${REVOKED} ${key.text}`);

/** Comments and other keys stay as they are. */
function rewrite(path: string, key: PublicKey, line: string): void {
  const others = linesOf(path).filter((each) => each.replace(/#.*/, '').split(/\s+/)[1] !== key.text);
  while (others.at(-1) === '') others.pop();
  writeAtomically(path, `${[...others, line].join('\n')}\n`);
}

/** Whom several lists trust together: what one revokes no other allows. */
export function trustOf(lists: readonly KeyList[]): Trust {
  const revoked = new Set(lists.flatMap((list) => list.revoked.map(({ id }) => id)));
  const trusted = new Map<Digest, TrustedKey[]>();
  for (const key of lists.flatMap((list) => list.trusted)) {
    const { id } = key.public;
    if (!revoked.has(id)) trusted.set(id, [...(trusted.get(id) ?? []), key]);
  }
  return (id, namespace) => trusted.get(id)?.find(({ namespaces }) => namespaces?.includes(namespace) ?? true)?.public;
}
