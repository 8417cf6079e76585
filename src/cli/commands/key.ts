import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Digest } from '../../store/canonical.ts';
import { addToKeyList, isKeyName, type KeyList, readKeyList, revokeInKeyList } from '../../store/remote/keyList.ts';
import { newSigningKey, type PublicKey, readPublicKey, readSigningKey } from '../../store/remote/signing.ts';
import { forgetSigned } from '../../store/signedRecords.ts';
import { isNamespace, NAMESPACE_FORM } from '../../study/cache.ts';
import { CliError, EXIT } from '../exit.ts';
import { makeConfigFolder, ownSigningKey, signingKeyPath, studyKeysPath, userKeysPath } from '../ownKeys.ts';
import { storeOf } from '../storeFolder.ts';
import { columns, plural } from '../text.ts';

export interface KeyOptions {
  readonly file: string;
  readonly json?: boolean;
  /** The user's own list, not the study's. */
  readonly user?: boolean;
  readonly namespace?: readonly string[];
}

const listPath = ({ file, user }: KeyOptions): string =>
  user ? userKeysPath() : studyKeysPath(dirname(resolve(file)));

/** `driftline key create`: makes the user's private key, outside every study, and says the public one. */
export async function keyCreateCommand({ json }: KeyOptions): Promise<number> {
  const path = signingKeyPath();
  const exists = new CliError(
    `There is a key already: ${path}. Results that it signed would lose their signer, so it is not replaced; driftline key list shows it.`,
  );
  if (existsSync(path)) throw exists;
  const pem = newSigningKey();
  makeConfigFolder();
  try {
    writeFileSync(path, pem, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? exists : error;
  }
  const { id, text } = readSigningKey(pem)!.public;
  if (json) printJson({ id, public: text, path });
  else {
    say(`Made a key: ${path}. Keep it to yourself.`);
    say('Whoever is to take your results trusts its public half:');
    say(`  driftline key trust ${userName()} ${text}`);
  }
  return EXIT.done;
}

/** A name that the command line can show; a machine may not know who it is that uses it. */
function userName(): string {
  try {
    const { username } = userInfo();
    if (isKeyName(username)) return username;
  } catch {
    // No such user in its lists.
  }
  return 'me';
}

/** `driftline key list`: whose results are taken. */
export async function keyListCommand(options: KeyOptions): Promise<number> {
  const own = ownSigningKey()?.public;
  const lists = [
    { where: 'study', list: readKeyList(listPath({ file: options.file })) },
    { where: 'user', list: readKeyList(userKeysPath()) },
  ];
  const revoked = new Set(lists.flatMap(({ list }) => list.revoked.map(({ id }) => id)));
  const keys = lists.flatMap(({ where, list }) => [
    ...list.trusted.map(({ name, public: { id, text }, namespaces = [] }) => {
      return { where, name, id, public: text, namespaces, state: revoked.has(id) ? 'revoked' : 'trusted' };
    }),
    ...list.revoked.map(({ id, text }) => ({ where, name: '', id, public: text, namespaces: [], state: 'revoked' })),
  ]);
  if (options.json) {
    printJson({ own: own === undefined ? null : { id: own.id, public: own.text }, keys });
    return EXIT.done;
  }
  say(
    own === undefined
      ? 'You have no key to sign with: driftline key create makes one.'
      : `Your key: ${own.id.slice(0, 12)}  ${own.text}`,
  );
  if (keys.length === 0) say('No other key is trusted. driftline key trust <name> <key> adds one.');
  const rows = keys.map(({ where, name, id, public: text, namespaces, state }) => [
    state,
    name,
    id.slice(0, 12),
    where === 'study' ? 'in driftline.keys' : 'in your own list',
    namespaces.length > 0 ? `for ${namespaces.join(', ')}` : '',
    text,
  ]);
  for (const line of columns(rows)) say(line);
  return EXIT.done;
}

/** `driftline key trust <name> <key>`: takes results that this key signed. */
export async function keyTrustCommand(name: string, given: string, options: KeyOptions): Promise<number> {
  if (!isKeyName(name)) {
    throw new CliError(
      `A key cannot be called ${JSON.stringify(name)}: letters, digits, dots, hyphens, underscores and @, at most 100, and not "revoked".`,
    );
  }
  const text = existsSync(given) ? readFileSync(given, 'utf8').trim() : given;
  const key = readPublicKey(text);
  if (key === undefined) {
    throw new CliError(
      text.includes('PRIVATE KEY')
        ? `${given} is a private key: its owner keeps it. Give the public one, as in ed25519:…`
        : `${JSON.stringify(given)} is no public key. Expected ed25519: and 43 letters, as driftline key create prints it.`,
    );
  }
  const namespaces = options.namespace ?? [];
  const wrong = namespaces.find((each) => !isNamespace(each));
  if (wrong !== undefined) throw new CliError(`"${wrong}" cannot name a namespace. Expected ${NAMESPACE_FORM}.`);
  const path = listPath(options);
  const list = readKeyList(path);
  if (list.revoked.some(({ id }) => id === key.id)) {
    throw new CliError(`${path} says that this key is revoked. If it is to be trusted again, remove that line first.`);
  }
  if (options.user) makeConfigFolder();
  addToKeyList(path, { name, public: key, ...(namespaces.length > 0 && { namespaces }) });
  if (options.json) printJson({ name, id: key.id, public: key.text, namespaces, list: path });
  else {
    const where = options.user ? 'in every study of yours' : 'in this study; commit driftline.keys to share that';
    say(`Results that ${name} (${key.id.slice(0, 12)}) signed are taken ${where}.`);
  }
  return EXIT.done;
}

/** `driftline key revoke <key>`: takes no results of a key any more, and removes those that are here. */
export async function keyRevokeCommand(given: string, options: KeyOptions): Promise<number> {
  const path = listPath(options);
  const key = keyNamed(given, [
    readKeyList(path),
    readKeyList(listPath({ file: options.file })),
    readKeyList(userKeysPath()),
  ]);
  if (options.user) makeConfigFolder();
  revokeInKeyList(path, key);
  const removed = forgetSigned(storeOf(dirname(resolve(options.file))), key.id);
  if (options.json) printJson({ id: key.id, public: key.text, list: path, removed });
  else {
    say(
      `The key ${key.id.slice(0, 12)} is not trusted any more; ${plural(removed.length, 'result')} that it signed ${removed.length === 1 ? 'was' : 'were'} removed. driftline run computes what is needed.`,
    );
  }
  return EXIT.done;
}

/** A key by its text, its name, or the beginning of its id. */
function keyNamed(given: string, lists: readonly KeyList[]): PublicKey {
  const direct = readPublicKey(given);
  if (direct !== undefined) return direct;
  const known = new Map<Digest, PublicKey>();
  for (const { trusted, revoked } of lists) {
    for (const { name, public: key } of trusted) if (name === given || isBeginning(given, key)) known.set(key.id, key);
    for (const key of revoked) if (isBeginning(given, key)) known.set(key.id, key);
  }
  const [key] = known.values();
  if (known.size === 1) return key;
  throw new CliError(
    known.size === 0
      ? `No key is called ${JSON.stringify(given)}. driftline key list lists them; a key that is in none is revoked by its text, ed25519:…`
      : `${JSON.stringify(given)} names ${known.size} keys: give more of the one that is meant.`,
  );
}

const isBeginning = (given: string, { id }: PublicKey): boolean => given.length >= 4 && id.startsWith(given);

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const printJson = (document: unknown): boolean => say(JSON.stringify(document, null, 2));
