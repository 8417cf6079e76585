import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Digest } from '../store/canonical.ts';
import { makeFolder } from '../store/folders.ts';
import { type KeyList, readKeyList } from '../store/remote/keyList.ts';
import { readSigningKey, type SigningKey } from '../store/remote/signing.ts';
import { CliError } from './exit.ts';

/** The list of trusted keys that a study has, to be committed with it. */
export const studyKeysPath = (studyRoot: string): string => join(studyRoot, 'driftline.keys');

/** A user's own folder, outside every study. */
function configFolder(): string {
  const { XDG_CONFIG_HOME: given = '' } = process.env;
  return join(isAbsolute(given) ? given : join(homedir(), '.config'), 'driftline');
}

export const userKeysPath = (): string => join(configFolder(), 'trusted.keys');

export const signingKeyPath = (): string => join(configFolder(), 'signing.key');

/** Makes the user's folder, for what is theirs. */
export const makeConfigFolder = (): void => makeFolder(configFolder());

/**
 * The key with which results are signed: from DRIFTLINE_SIGNING_KEY, where machines have their secrets, else the user's own;
 * undefined where there is none. Throws {@link CliError} for what is no key, and for one that others can read.
 */
export function ownSigningKey(): SigningKey | undefined {
  const given = process.env.DRIFTLINE_SIGNING_KEY;
  if (given) {
    const key = readSigningKey(given.replaceAll('\\n', '\n'));
    if (key !== undefined) return key;
    throw new CliError(
      'DRIFTLINE_SIGNING_KEY holds no Ed25519 private key. Expected one in PEM, as driftline key create writes it.',
    );
  }
  const path = signingKeyPath();
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
    throw new CliError(`${path} can be read by others, and whoever has it signs as you: chmod 600 ${path}`);
  }
  const key = readSigningKey(readFileSync(path, 'utf8'));
  if (key === undefined)
    throw new CliError(`${path} holds no Ed25519 private key: remove it, and make one with driftline key create.`);
  return key;
}

/** All lists that say whom a user trusts in a study. One's own key is trusted, for one may believe oneself. */
export function keyLists(studyRoot: string): readonly KeyList[] {
  const own = ownSigningKey();
  const self = own === undefined ? [] : [{ trusted: [{ name: 'you', public: own.public }], revoked: [] }];
  return [readKeyList(studyKeysPath(studyRoot)), readKeyList(userKeysPath()), ...self];
}

/** A key as people are told of it: `alice (3f2a91c07b54)`, or the digits alone where nobody named it. */
export function keyWords(id: Digest, lists: readonly KeyList[]): string {
  const short = id.slice(0, 12);
  const name = lists.flatMap(({ trusted }) => trusted).find((key) => key.public.id === id)?.name;
  return name === undefined ? short : `${name} (${short})`;
}
