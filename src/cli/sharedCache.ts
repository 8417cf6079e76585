import { resolve } from 'node:path';
import { BazelHttp } from '../store/remote/bazelHttp.ts';
import { Folder } from '../store/remote/folder.ts';
import { trustOf } from '../store/remote/keyList.ts';
import { RemoteCache, type RemoteTrouble } from '../store/remote/remoteCache.ts';
import { S3 } from '../store/remote/s3.ts';
import type { Transport } from '../store/remote/transport.ts';
import type { CacheChoice } from './cacheChoice.ts';
import { TroubleOnce } from './cacheWords.ts';
import { CliError } from './exit.ts';
import { keyLists, ownSigningKey } from './ownKeys.ts';
import type { Session } from './session.ts';

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
