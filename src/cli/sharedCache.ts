import { resolve } from 'node:path';
import { BazelHttp } from '../store/remote/bazelHttp.ts';
import { Folder } from '../store/remote/folder.ts';
import { trustOf } from '../store/remote/keyList.ts';
import { RemoteCache, type RemoteTrouble } from '../store/remote/remoteCache.ts';
import { S3 } from '../store/remote/s3.ts';
import type { Transport } from '../store/remote/transport.ts';
import { CACHE_FORM, isCacheAddress, isNamespace, NAMESPACE_FORM } from '../study/cache.ts';
import { TroubleOnce } from './cacheWords.ts';
import { CliError } from './exit.ts';
import { keyLists, ownSigningKey } from './ownKeys.ts';
import type { Session } from './session.ts';

/** The options of every command that asks a shared cache. */
export interface CacheOptions {
  /** False with `--no-cache`. */
  readonly cache?: boolean;
  readonly cacheWrite?: boolean;
}

/** Which cache there is, and what may be done with it. */
export interface CacheChoice {
  readonly address: string;
  readonly namespace: string;
  /** `if-possible`: the study wishes it, and who has no key reads only. */
  readonly write: 'asked' | 'if-possible' | 'no';
  /** Credentials go to a cache only that stands in the environment as they do: a study cannot send them elsewhere. */
  readonly credentials: boolean;
}

const NAMESPACE = 'main';

/**
 * The cache that the environment names, else the study; undefined where there is none, or none is wanted. Throws
 * {@link CliError} for a wrong address, and where writing is asked for and there is nowhere to.
 */
export function chooseCache({ plan }: Session, options: CacheOptions): CacheChoice | undefined {
  const { DRIFTLINE_CACHE: given = '', DRIFTLINE_CACHE_NAMESPACE: tier = '' } = process.env;
  if (options.cache === false) {
    if (options.cacheWrite) throw new CliError('--no-cache and --cache-write exclude each other: give one of them.');
    return undefined;
  }
  if (given !== '' && !isCacheAddress(given)) {
    throw new CliError(
      `DRIFTLINE_CACHE is no address of a cache. Expected ${CACHE_FORM}; credentials have variables of their own.`,
    );
  }
  if (tier !== '' && !isNamespace(tier)) {
    throw new CliError(`DRIFTLINE_CACHE_NAMESPACE is "${tier}". Expected ${NAMESPACE_FORM}.`);
  }
  const address = given || plan.cache?.url;
  if (address === undefined) {
    if (!options.cacheWrite) return undefined;
    throw new CliError('There is no cache to write to. Name one with `cache:` in the study, or in DRIFTLINE_CACHE.');
  }
  return {
    address,
    namespace: tier || (plan.cache?.namespace ?? NAMESPACE),
    write: options.cacheWrite ? 'asked' : given === '' && plan.cache?.write === true ? 'if-possible' : 'no',
    credentials: given !== '',
  };
}

/**
 * Opens the cache of a session. `tell` is told what does not go well. Throws {@link CliError} where writing was asked for
 * and there is no key to sign with.
 */
export function openCache(
  session: Session,
  { address, namespace, write, credentials }: CacheChoice,
  tell: (trouble: RemoteTrouble) => void,
): RemoteCache {
  const signer = write === 'no' ? undefined : ownSigningKey();
  if (write === 'if-possible' && signer === undefined) tell({ kind: 'no-key' });
  if (write === 'asked' && signer === undefined) {
    throw new CliError(
      'Results are to be uploaded, and there is no key to sign them with: others take signed results only. driftline key create makes one.',
    );
  }
  return new RemoteCache({
    transport: transportOf(address, session.studyRoot, credentials),
    namespace,
    trust: trustOf(keyLists(session.studyRoot)),
    ...(signer !== undefined && { signer }),
    cas: session.cas,
    tell,
  });
}

function transportOf(address: string, studyRoot: string, credentials: boolean): Transport {
  if (/^https?:/i.test(address)) return new BazelHttp(new URL(address), credentials ? authorization() : undefined);
  if (/^s3:/i.test(address)) return bucketOf(address, credentials);
  return new Folder(resolve(studyRoot, address));
}

/** From the environment, and kept nowhere. */
function authorization(): string | undefined {
  const { DRIFTLINE_CACHE_TOKEN: token, DRIFTLINE_CACHE_USER: user, DRIFTLINE_CACHE_PASSWORD: password } = process.env;
  if (token) return `Bearer ${token}`;
  return user && password ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
}

function bucketOf(address: string, credentials: boolean): S3 {
  const { env } = process;
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/*$/i.exec(address)!;
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  return new S3({
    bucket,
    prefix,
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1',
    ...(endpoint && { endpoint }),
    ...(credentials &&
      accessKeyId &&
      secretAccessKey && { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } }),
  });
}

/** Tells a person of each sort of trouble once. */
export function tellOnce({ address }: CacheChoice): (trouble: RemoteTrouble) => void {
  const once = new TroubleOnce();
  return (trouble) => {
    const words = once.words(address, trouble);
    if (words !== undefined) process.stderr.write(`${words}\n`);
  };
}
