import { describe, expect, it } from 'vitest';
import { CacheServer } from '../store/remote/server.ts';
import { Checkout, PEM, PUBLIC } from './checkout.ts';
import { sharedStudy } from './sharedStudy.ts';
import { SMALL } from './study.ts';

const shared = sharedStudy();

describe('a second checkout with an empty store', () => {
  it('fills itself with nothing computed, as plan said, and has the same bytes', async () => {
    const second = shared.reader();
    const plan = await second.json('plan');
    expect(plan.counts).toEqual({ cached: 9, run: 0, shared: 0, depends: 0, 'not-needed': 0, remote: 9 });
    expect((await second.driftline('run', '--dry-run')).out).toContain(
      'Nothing to compute: 9 results to fetch from the shared cache, 0 are there.',
    );
    const { code, out, err } = await second.driftline('run', '--strict');
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(/Done in .*: 0 executed, 0 cached, 9 fetched\./);
    expect(second.results).toEqual(shared.first.results);
    expect((await second.driftline('run')).out).toContain('Nothing had to run: all 9 results were there already.');
    const why = await second.driftline('why', 'sums.table');
    expect(why.out).toContain(`fetched from a shared cache, signed by alice (${PUBLIC.id.slice(0, 12)})`);
    expect((await second.json('why', 'squares')).made[0].hits[0]).toMatchObject({ signedBy: PUBLIC.id });
  });

  it('takes nothing while it trusts nobody, says so in one line, and computes', async () => {
    const second = new Checkout(shared.folder, { DRIFTLINE_CACHE: shared.server.url });
    const { code, out, err } = await second.driftline('run');
    expect(code).toBe(0);
    expect(out).toContain('9 executed, 0 cached');
    const notices = err.split('\n').filter((line) => line.startsWith('!'));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(`${PUBLIC.id.slice(0, 12)} signed, which is not trusted here (driftline key list)`);
  });
});

describe('a run', () => {
  it('with a cache that is dead says so once, and ends as without one', async () => {
    const dead = await CacheServer.start();
    const url = dead.url;
    await dead.stop();
    const checkout = new Checkout(shared.folder, { DRIFTLINE_CACHE: url, DRIFTLINE_SIGNING_KEY: PEM });
    const { code, out, err } = await checkout.driftline('run', '--cache-write');
    expect(code).toBe(0);
    expect(out).toContain('9 executed, 0 cached');
    expect(err.match(/cannot be reached \(ECONNREFUSED\)/g)).toHaveLength(2); // that it is, and that it is left alone
    expect(err).toContain('9 could not be: driftline cache push tries again.');
  });

  it('sends credentials to the cache that the environment names, never to one that only the study names', async () => {
    shared.server.authorizations.clear();
    const checkout = shared.reader();
    checkout.env = { XDG_CONFIG_HOME: checkout.env.XDG_CONFIG_HOME, DRIFTLINE_CACHE_TOKEN: 'hush' };
    checkout.write({ 'pipeline.yaml': `${SMALL['pipeline.yaml']}cache: ${shared.server.url}\n` });
    expect((await checkout.json('cache', 'stat')).counts).toEqual({ both: 0, here: 0, there: 9, nowhere: 0 });
    expect([...shared.server.authorizations]).toEqual([undefined]);
    shared.server.authorizations.clear();
    checkout.env = { ...checkout.env, DRIFTLINE_CACHE: shared.server.url };
    await checkout.json('cache', 'stat');
    expect([...shared.server.authorizations]).toEqual(['Bearer hush']);
  });
});
