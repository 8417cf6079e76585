import { beforeAll, expect } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { CacheServer } from '../store/remote/server.ts';
import { Checkout, PEM, PUBLIC } from './checkout.ts';

/** For the tests of a file a cache server, to which a first checkout gave the nine results of the small study. */
export function sharedStudy() {
  const folder = temporaryFolders();
  let server: CacheServer;
  let first: Checkout;
  let writerEnv: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await CacheServer.start();
    writerEnv = { DRIFTLINE_CACHE: server.url, DRIFTLINE_SIGNING_KEY: PEM, DRIFTLINE_CACHE_TOKEN: 'hush' };
    first = new Checkout(folder, writerEnv);
    const { code, err } = await first.driftline('run', '--cache-write');
    expect(code).toBe(0);
    expect(err).toContain(`9 results uploaded to ${server.url}`);
  });
  return {
    folder,
    get server(): CacheServer {
      return server;
    },
    get first(): Checkout {
      return first;
    },
    /** Of a checkout that may give. */
    get writerEnv(): Readonly<Record<string, string>> {
      return writerEnv;
    },
    /** Another checkout, with an empty store, that trusts the first. */
    reader(): Checkout {
      const checkout = new Checkout(folder, { DRIFTLINE_CACHE: server.url });
      checkout.write({ 'driftline.keys': `alice ${PUBLIC.text}\n` });
      return checkout;
    },
  };
}
