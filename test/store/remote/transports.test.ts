import { createHmac } from 'node:crypto';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/store/canonical.ts';
import { BazelHttp } from '../../../src/store/remote/bazelHttp.ts';
import { Folder } from '../../../src/store/remote/folder.ts';
import { S3 } from '../../../src/store/remote/s3.ts';
import type { Transport } from '../../../src/store/remote/transport.ts';
import { hasNginx, Nginx } from '../../cluster/nginx.ts';
import { temporaryFolders } from '../folder.ts';
import { OWN, startBucket } from './bucket.ts';
import { CacheServer } from './server.ts';

const folder = temporaryFolders();

async function bucket(credentials = OWN): Promise<S3> {
  const { endpoint, name, close } = await startBucket(folder());
  afterAll(close);
  return new S3({ bucket: name, prefix: 'a/b', region: 'us-east-1', endpoint, credentials });
}

async function nginx(): Promise<BazelHttp> {
  const server = await Nginx.start();
  afterAll(() => server.stop());
  return new BazelHttp(new URL(server.url));
}

const transports: Readonly<Record<string, () => Promise<Transport>>> = {
  'Bazel’s HTTP': async () => new BazelHttp(new URL((await CacheServer.start()).url)),
  'HTTP below a path': async () => new BazelHttp(new URL(`${(await CacheServer.start()).url}/team/one/`)),
  ...(hasNginx() && { 'Debian’s nginx': nginx }),
  S3: () => bucket(),
  'a folder': async () => new Folder(folder()),
};

const all = async (pieces: AsyncIterable<Uint8Array> | undefined): Promise<Buffer | undefined> => {
  if (pieces === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
};

const pathOf = (name: string): string => `cas/${sha256(name)}`;

describe.each(Object.entries(transports))('%s', async (_, make) => {
  const transport = await make();
  afterAll(() => transport.close());
  const put = (path: string, bytes: Uint8Array) => transport.put(path, bytes, sha256(bytes));

  it('gives back what was put, and tells its length; a later put replaces it', async () => {
    const bytes = fc.uint8Array({ maxLength: 3000 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), bytes), { maxLength: 6 }), async (puts) => {
        const model = new Map<string, Uint8Array>();
        for (const [name, given] of puts) {
          await put(pathOf(name), given);
          model.set(name, given);
        }
        for (const [name, given] of model) {
          expect(await transport.size(pathOf(name))).toBe(given.length);
          expect(await all(await transport.get(pathOf(name), given.length))).toEqual(Buffer.from(given));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('has nothing where nothing was put', async () => {
    expect(await transport.get(pathOf('nothing'), 1)).toBeUndefined();
    expect(await transport.size(pathOf('nothing'))).toBeUndefined();
  });

  it('carries megabytes, and many at a time', async () => {
    const large = Buffer.alloc(3_000_000, 'all work and no play ');
    await Promise.all(Array.from({ length: 8 }, (_, at) => put(pathOf(`large ${at}`), large)));
    const back = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => all(await transport.get(pathOf(`large ${at}`), large.length))),
    );
    expect(back.every((bytes) => bytes?.equals(large))).toBe(true);
  });

  it('stops reading what is longer than it may be', async () => {
    await put(pathOf('long'), Buffer.alloc(200_000));
    const reading = transport.get(pathOf('long'), 199_999).then(all);
    await expect(reading).rejects.toMatchObject({ name: 'RemoteError', reason: 'too-long' });
  });

  it('keeps records and blobs apart', async () => {
    const name = sha256('same');
    await put(`ac/${name}`, Buffer.from('record'));
    await put(`cas/${name}`, Buffer.from('blob'));
    expect(String(await all(await transport.get(`ac/${name}`, 10)))).toBe('record');
  });
});

describe('every transport, once it is closed,', async () => {
  it.each(Object.entries(transports))('%s rejects', async (_, make) => {
    const transport = await make();
    transport.close();
    await expect(transport.size(pathOf('a'))).rejects.toMatchObject({ name: 'RemoteError', reason: 'cut-off' });
  });
});

describe('S3', () => {
  it('says that access is refused where the access key is wrong', async () => {
    const stranger = await bucket({ ...OWN, accessKeyId: 'STRANGER' });
    await expect(stranger.size(pathOf('a'))).rejects.toMatchObject({ reason: 'forbidden' });
    stranger.close();
  });

  it('signs method, path, headers and the digest of the body, by version 4 of the scheme', async () => {
    const server = await CacheServer.start();
    const seen: IncomingMessage[] = [];
    server.behave = (request) => {
      seen.push(request);
      return false;
    };
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };
    const s3 = new S3({ bucket: 'results', prefix: 'a', region: 'eu-north-1', endpoint: server.url, credentials });
    await s3.put(pathOf('x'), Buffer.from('x'), sha256('x'));
    await s3.size(pathOf('x'));
    s3.close();
    expect(seen.map(({ method, headers }) => [method, headers['x-amz-content-sha256']])).toEqual([
      ['PUT', sha256('x')],
      ['HEAD', sha256('')],
    ]);
    for (const request of seen) {
      expect(request.headers['x-amz-security-token']).toBe('token');
      expect(request.headers.authorization).toBe(authorizationOf(request, 'AKID', 'secret', 'eu-north-1'));
    }
  });

  it('asks unsigned where there are no credentials', async () => {
    const server = await CacheServer.start();
    const open = new S3({ bucket: 'open', prefix: '', region: 'us-east-1', endpoint: server.url });
    expect(await open.size(pathOf('x'))).toBeUndefined();
    expect(server.asked).toEqual([`HEAD /open/${pathOf('x')}`]);
    expect([...server.authorizations]).toEqual([undefined]);
    open.close();
  });
});

/** Written from the description of the scheme: AWS Signature Version 4, signing an S3 request by a header. */
function authorizationOf(request: IncomingMessage, id: string, secret: string, region: string): string {
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const given = request.headers as Readonly<Record<string, string>>;
  const names = /SignedHeaders=([^,]+)/.exec(given.authorization)![1];
  const lines = names.split(';').map((name) => `${name}:${given[name]}\n`);
  const body = given['x-amz-content-sha256'];
  const canonicalRequest = [request.method, request.url, '', lines.join(''), names, body].join('\n');
  const time = given['x-amz-date'];
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest)].join('\n');
  const key = scope.split('/').reduce((before: string | Buffer, part) => hmac(before, part), `AWS4${secret}`);
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

describe('a folder', () => {
  it('that is not there is out of reach, not empty', async () => {
    const missing = new Folder(join(folder(), 'not-mounted'));
    await expect(missing.size(pathOf('a'))).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(missing.put(pathOf('a'), Buffer.from('x'), sha256('x'))).rejects.toMatchObject({
      reason: 'unreachable',
    });
  });

  it('follows no link, and leaves no half file', async () => {
    const root = folder();
    writeFileSync(join(root, 'secret'), 'not yours');
    mkdirSync(join(root, 'cas'));
    symlinkSync(join(root, 'secret'), join(root, pathOf('link')));
    const shared = new Folder(root);
    await expect(shared.get(pathOf('link'), 100)).rejects.toMatchObject({ name: 'RemoteError' });
    await shared.put(pathOf('whole'), Buffer.from('whole'), sha256('whole'));
    expect(readdirSync(join(root, 'cas')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
