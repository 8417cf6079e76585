import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../src/store/actions.ts';
import { sha256 } from '../../../src/store/canonical.ts';
import { Cas } from '../../../src/store/cas.ts';
import { BazelHttp } from '../../../src/store/remote/bazelHttp.ts';
import { RemoteCache, type RemoteOptions, type RemoteTrouble } from '../../../src/store/remote/remoteCache.ts';
import { temporaryFolders } from '../folder.ts';
import { freshKey, KEY, trusting } from './keys.ts';
import { CacheServer } from './server.ts';

const folder = temporaryFolders();
const alice = freshKey();
const PATIENCE = { idle: 250, rate: 16_000 };
const ROWS = Buffer.from('the rows of a table '.repeat(5000));

type Behaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A machine with an empty store, or with the result, that shares it over `server`. */
function machine(server: CacheServer, more: Partial<RemoteOptions> = {}) {
  const cas = new Cas(folder());
  const troubles: RemoteTrouble[] = [];
  const cache = new RemoteCache({
    transport: new BazelHttp(new URL(server.url), undefined, PATIENCE),
    namespace: 'main',
    trust: trusting(alice),
    cas,
    tell: (trouble) => troubles.push(trouble),
    ...more,
  });
  const compute = (): ActionRecord => ({
    outputs: { rows: { digest: cas.put(ROWS), bytes: ROWS.length, rows: 5000 } },
    seconds: 2,
    run: 'run-1',
    target: 'rows',
  });
  /** As a run asks: the record, then its blobs. */
  const take = async (): Promise<ActionRecord | undefined> => {
    const record = await cache.lookup(KEY);
    return record !== undefined && (await cache.fetch(record, () => false)) ? record : undefined;
  };
  return { cache, cas, troubles, compute, take };
}

/** A server that holds a result, and what it was told to do since. */
async function serving(behave?: Behaviour): Promise<CacheServer> {
  const server = await CacheServer.start();
  const writer = machine(server, { signer: alice });
  writer.cache.upload(KEY, writer.compute());
  expect(await writer.cache.flush()).toEqual({ uploaded: 1, failed: 0, bytes: ROWS.length });
  if (behave !== undefined) server.behave = behave;
  return server;
}

const isBlob = ({ url, method }: IncomingMessage): boolean => method === 'GET' && url!.startsWith('/cas/');
const temporaries = (cas: Cas): string[] =>
  readdirSync(join(cas.path(sha256(ROWS)), '..')).filter((name) => name.startsWith('.'));

describe('a shared result', () => {
  it('is taken with the bytes that were computed elsewhere, and names who answers for it', async () => {
    const { take, cas, troubles } = machine(await serving());
    expect(await take()).toMatchObject({ signedBy: alice.public.id, target: 'rows' });
    expect(cas.get(sha256(ROWS)).equals(ROWS)).toBe(true);
    expect({ troubles, temporaries: temporaries(cas) }).toEqual({ troubles: [], temporaries: [] });
  });

  it('is not taken in another namespace, also where its record is copied there', async () => {
    const server = await serving();
    const other = machine(server, { namespace: 'other' });
    expect(await other.take()).toBeUndefined();
    const [record] = [...server.kept].filter(([path]) => path.startsWith('/ac/'));
    server.kept.set(server.asked.findLast((line) => line.startsWith('GET /ac/'))!.slice(4), record[1]);
    expect(await other.take()).toBeUndefined();
    expect(other.troubles).toMatchObject([{ kind: 'refused-record', refused: 'misplaced', by: alice.public.id }]);
  });

  it('is not taken from who is not trusted', async () => {
    const { take, troubles } = machine(await serving(), { trust: trusting(freshKey()) });
    expect(await take()).toBeUndefined();
    expect(troubles).toMatchObject([{ kind: 'refused-record', refused: 'untrusted', by: alice.public.id }]);
  });

  it('is uploaded once: blobs that are there are not sent again', async () => {
    const server = await serving();
    const second = machine(server, { signer: alice });
    second.cache.upload(KEY, second.compute());
    expect(await second.cache.flush()).toEqual({ uploaded: 1, failed: 0, bytes: 0 });
    expect(server.count('PUT /cas/')).toBe(1);
  });

  it('is never uploaded without a key', async () => {
    const server = await CacheServer.start();
    const { cache, compute } = machine(server);
    cache.upload(KEY, compute());
    expect(await cache.flush()).toEqual({ uploaded: 0, failed: 0, bytes: 0 });
    expect(server.asked).toEqual([]);
  });
});

describe('a server that misbehaves costs a computation, and nothing else:', () => {
  const cases: readonly [string, Behaviour, object][] = [
    [
      'a poisoned blob of the same length',
      (request, response) => isBlob(request) && !!response.end(Buffer.alloc(ROWS.length, 'x')),
      { kind: 'other-bytes', digest: sha256(ROWS) },
    ],
    [
      'a truncated blob',
      (request, response) => isBlob(request) && !!response.end(ROWS.subarray(0, 1000)),
      { kind: 'other-bytes', digest: sha256(ROWS) },
    ],
    [
      'a blob that breaks off',
      (request, response) => {
        if (!isBlob(request)) return false;
        response.writeHead(200, { 'content-length': ROWS.length });
        response.write(ROWS.subarray(0, 1000), () => request.socket.destroy());
        return true;
      },
      { kind: 'failed', reason: 'cut-off' },
    ],
    [
      'an endless blob',
      (request, response) => {
        if (!isBlob(request)) return false;
        const pour = (): void => {
          while (!response.destroyed && response.write(ROWS));
          if (!response.destroyed) response.once('drain', pour);
        };
        pour();
        return true;
      },
      { kind: 'failed', reason: 'too-long' },
    ],
    [
      'an endless record',
      (request, response) => {
        if (request.method !== 'GET') return false;
        const pour = (): void => {
          while (!response.destroyed && response.write(ROWS));
          if (!response.destroyed) response.once('drain', pour);
        };
        pour();
        return true;
      },
      { kind: 'failed', reason: 'too-long' },
    ],
    [
      'a blob that drips',
      (request, response) => {
        if (!isBlob(request)) return false;
        response.writeHead(200, { 'content-length': ROWS.length });
        const drip = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(drip));
        return true;
      },
      { kind: 'failed', reason: 'slow' },
    ],
    ['silence', () => true, { kind: 'failed', reason: 'timeout' }],
    [
      'an answer of 500',
      (_, response) => !!response.writeHead(500).end('x'),
      { kind: 'failed', reason: 'answer', details: 'it answered 500' },
    ],
    ['an answer of 401', (_, response) => !!response.writeHead(401).end(), { kind: 'failed', reason: 'forbidden' }],
    [
      'a record that is none',
      (request, response) => request.url!.startsWith('/ac/') && !!response.end('<html>Log in</html>'),
      { kind: 'refused-record', refused: 'malformed' },
    ],
    [
      'packed bytes, which could grow without end',
      (_, response) => !!response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      { kind: 'failed', reason: 'answer' },
    ],
  ];
  it.each(cases)('%s', async (_, behave, trouble) => {
    const { take, cas, troubles } = machine(await serving(behave));
    const started = performance.now();
    expect(await take()).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(troubles).toMatchObject([trouble]);
    expect(cas.list().size).toBe(0);
    expect(cas.has(sha256(ROWS))).toBe(false);
  });

  it('a redirect to another host, which is never asked, nor told the credentials', async () => {
    const elsewhere = await serving();
    const server = await serving((request, response) => {
      response.writeHead(307, { location: `${elsewhere.url}${request.url}` }).end();
      return true;
    });
    elsewhere.asked.length = 0;
    const transport = new BazelHttp(new URL(server.url), 'Bearer secret', PATIENCE);
    const { take, cache, compute, troubles } = machine(server, { transport, signer: alice });
    expect(await take()).toBeUndefined();
    expect(await cache.push(KEY, compute())).toBe(false);
    expect(troubles[0]).toMatchObject({ kind: 'failed', reason: 'redirect' });
    expect(elsewhere.asked).toEqual([]);
    expect(server.authorizations).toContain('Bearer secret');
  });

  it('an altered record', async () => {
    const server = await serving();
    for (const [path, bytes] of server.kept) {
      if (path.startsWith('/ac/'))
        server.kept.set(path, Buffer.from(String(bytes).replace('"rows":5000', '"rows":4999')));
    }
    const { take, troubles } = machine(server);
    expect(await take()).toBeUndefined();
    expect(troubles).toMatchObject([{ refused: 'altered', by: alice.public.id }]);
  });

  it('a record whose blob is gone', async () => {
    const server = await serving();
    for (const path of server.kept.keys()) if (path.startsWith('/cas/')) server.kept.delete(path);
    const { take, cache, troubles } = machine(server);
    expect(await cache.holds((await cache.lookup(KEY))!, 'here or there')).toBe(false);
    expect(await take()).toBeUndefined();
    expect(troubles).toEqual([]);
  });

  it('a poisoned blob is replaced by who computes it again', async () => {
    const server = await serving();
    for (const path of server.kept.keys())
      if (path.startsWith('/cas/')) server.kept.set(path, Buffer.alloc(ROWS.length));
    const healer = machine(server, { signer: alice });
    expect(await healer.take()).toBeUndefined();
    healer.cache.upload(KEY, healer.compute());
    expect((await healer.cache.flush()).uploaded).toBe(1);
    expect(await machine(server).take()).toBeDefined();
  });
});

describe('a server that is dead', () => {
  it('is left alone after three requests, however many want something of it', async () => {
    const server = await CacheServer.start();
    server.behave = (_, response) => !!response.writeHead(503).end();
    const { cache, troubles } = machine(server);
    for (let at = 0; at < 100; at++) expect(await cache.lookup(sha256(`${at}`))).toBeUndefined();
    expect(server.asked).toHaveLength(3);
    expect(troubles.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'left-alone']);
    expect(cache.isUsable()).toBe(false);
  });

  it('that does not answer costs its patience once, not once for each request', async () => {
    const server = await CacheServer.start();
    server.behave = () => true;
    const { cache } = machine(server);
    await Promise.all(Array.from({ length: 200 }, (_, at) => cache.lookup(sha256(`${at}`))));
    expect(server.asked.length).toBeLessThan(100); // those that were under way when the first of them gave up
  });

  it('in the midst of uploads: what was not taken is counted as failed', async () => {
    const server = await CacheServer.start();
    let puts = 0;
    server.behave = (request) => {
      if (request.method === 'PUT' && ++puts > 3) request.socket.destroy();
      return request.method === 'PUT' && puts > 3;
    };
    const { cache, cas } = machine(server, { signer: alice });
    for (let at = 0; at < 10; at++) {
      const bytes = Buffer.from(`output ${at}`);
      const outputs = { out: { digest: cas.put(bytes), bytes: bytes.length } };
      cache.upload(sha256(`key ${at}`), { outputs, seconds: 1, run: 'run', target: `t${at}` });
    }
    expect(cache.waiting).toBe(10);
    const { uploaded, failed } = await cache.flush();
    expect(uploaded + failed).toBe(10);
    expect([...server.kept.keys()].filter((path) => path.startsWith('/ac/'))).toHaveLength(uploaded);
    // A record is never there before its blobs are.
    expect(uploaded).toBeLessThanOrEqual([...server.kept.keys()].filter((path) => path.startsWith('/cas/')).length);
  });

  it('does not hold up who stops', async () => {
    const server = await CacheServer.start();
    server.behave = () => true;
    const { cache, troubles } = machine(server);
    const lookup = cache.lookup(KEY);
    cache.stop();
    expect(await lookup).toBeUndefined();
    expect({ troubles, usable: cache.isUsable() }).toEqual({ troubles: [], usable: false });
  });
});

describe('a store that cannot be written', () => {
  it.skipIf(process.getuid?.() === 0)('is told as such: computing could not keep its result either', async () => {
    const root = folder();
    mkdirSync(join(root, 'cas', 'sha256'), { recursive: true });
    chmodSync(join(root, 'cas', 'sha256'), 0o500);
    const { take } = machine(await serving(), { cas: new Cas(root) });
    await expect(take()).rejects.toMatchObject({ name: 'StoreError', code: 'EACCES' });
  });

  it.skipIf(!existsSync('/sys/kernel'))('whoever asks, is told as such too', async () => {
    const { take } = machine(await serving(), { cas: new Cas('/sys/driftline') });
    await expect(take()).rejects.toMatchObject({ name: 'StoreError' });
  });
});
