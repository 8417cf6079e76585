import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellFacts, Change, Matrix } from '../../src/dashboard/protocol.ts';
import { runIds } from '../../src/store/runs.ts';
import { SMALL, TemporaryStudy } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';
import { isOver, Served } from './served.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), SMALL);
let served: Served;
beforeAll(async () => {
  served = await Served.of(study);
});
afterAll(() => served.close('SIGKILL'));

describe('the live view', () => {
  it('is a page under a policy that lets nothing else in, and that holds nothing of the study', async () => {
    const { status, body, headers } = await served.send('GET', '/');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-/,
    );
    expect(headers['content-security-policy']).not.toContain('unsafe');
    for (const word of [served.token, 'squares', (await served.snapshot()).study]) expect(body).not.toContain(word);
  });

  it('knows no address but its own, and makes nothing but figures for who asks', async () => {
    const token = { 'x-driftline-token': served.token };
    for (const path of ['//', '//x/y', '/\\x', 'http://evil.example/']) {
      expect([path, (await served.send('GET', path, token)).status]).toEqual([path, 400]);
    }
    expect((await served.send('GET', '/api/so-far?stage=squares', token)).status).toBe(404);
    expect((await served.send('GET', '/api/metric?stage=squares&metric=__proto__.constructor', token)).status).toBe(
      200,
    );
    expect((await served.send('GET', '/api/cell?stage=squares&cell=__proto__', token)).status).toBe(404);
  });

  it('refuses what does not come from its page, and tells nothing to and does nothing for who lacks the token', async () => {
    const { port } = served;
    const body = '{"targets":[]}';
    expect((await served.send('GET', '/', { host: `evil.example:${port}` })).status).toBe(403);
    expect((await served.send('GET', '/api/study', { origin: 'http://evil.example' })).status).toBe(403);
    const token = { 'x-driftline-token': served.token };
    expect((await served.send('GET', '/api/study', { ...token, origin: 'http://evil.example' })).status).toBe(403);
    for (const what of [
      'study',
      'stage',
      'metric',
      'cell',
      'why',
      'runs',
      'compare',
      'so-far',
      'figure',
      'events',
      'x',
    ]) {
      const { status, body } = await served.send('GET', `/api/${what}?stage=squares&cell=0&at=`);
      expect([what, status, Object.keys(JSON.parse(body))]).toEqual([what, 401, ['error']]);
      expect((await served.send('GET', `/api/${what}?token=${served.token}`)).status).toBe(401);
    }
    const json = { origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' };
    expect((await served.send('POST', '/api/run', json, body)).status).toBe(401);
    expect((await served.send('POST', '/api/run', { ...json, 'x-driftline-token': 'no' }, body)).status).toBe(401);
    expect((await served.act('/api/run', { targets: 'all' })).status).toBe(400);
    expect((await served.act('/api/run', { targets: ['x'.repeat(100_000)] })).status).toBe(413);
    expect((await served.act('/api/stop', {})).status).toBe(409);
    expect((await served.ask<{ error?: string }>('/api/study')).error).toBeUndefined();
    expect(runIds(join(study.root, '.driftline'))).toEqual([]);
  });

  it('runs the study when its page asks for it, tells how far it is, and shows what came of it', async () => {
    const begun = await served.snapshot();
    expect(begun.run).toBeNull();
    const events = served.events(begun.at, isOver);
    expect((await served.act('/api/run', { targets: [] })).status).toBe(200);
    expect((await served.act('/api/run', { targets: [] })).status).toBe(409);
    const told = await events;
    expect(told[0].event).toBe('change');
    const { run } = told.at(-1)!.data as Change;
    expect(run).toMatchObject({ state: 'finished', failed: 0 });
    expect(run!.settled).toBe(run!.actions);

    const { stages, claims } = await served.snapshot();
    expect(stages.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(claims.map(({ verdict }) => verdict)).toEqual(['supported', 'refuted']);
    const matrix = await served.ask<Matrix>('/api/stage?stage=squares');
    expect(matrix.axes).toEqual([{ name: 'scale', values: [1, 2] }]);
    expect(matrix.states).toEqual([4, 4]);
    const cell = await served.ask<CellFacts>('/api/cell?stage=squares&cell=1');
    expect(cell).toMatchObject({
      target: 'squares[scale=2]',
      axes: { scale: 2 },
      command: "driftline run 'squares[scale=2]'",
    });
    expect(cell.actions[0]).toMatchObject({ state: 'done', outputs: [{ name: 'rows', rows: 3 }] });
    const { words } = await served.ask<{ words: string }>(`/api/why?target=${encodeURIComponent(cell.target)}`);
    expect(words).toContain('computed in');
    const token = { 'x-driftline-token': served.token };
    expect((await served.send('GET', '/api/cell?stage=squares&cell=9', token)).status).toBe(404);
    expect((await served.send('GET', '/api/stage?stage=none', token)).status).toBe(404);
  });

  it('shows a run that was begun in a terminal, of another profile too, and tells what was missed while it was away', async () => {
    const before = await served.snapshot();
    const port = String(served.port);
    expect(await served.close()).toBe(0);
    expect((await study.driftline('run', '--profile', 'large')).code).toBe(0);
    served = await Served.of(study, '--port', port, '--profile', 'large');
    const [first] = await served.events(before.at, () => true);
    expect(first.event).toBe('everything'); // it is another study by its parameters
    const after = await served.snapshot();
    expect(after).toMatchObject({ profile: 'large', run: { state: 'finished', profile: 'large' } });
    expect(after.stages.every(({ settled, actions }) => settled === actions)).toBe(true);
  });

  it('outlives nobody: a run goes on when it dies, its page gets what it missed, and can stop it', async () => {
    study.write({ 'parts/slow.yaml': 'stages: { slow: { uses: squares, with: { n: 1, slow: true } } }\n' });
    await expect.poll(async () => (await served.snapshot()).facts.map(({ name }) => name)).toContain('slow');
    const isSlow = ({ event, data }: { event: string; data: unknown }) =>
      event === 'change' && (data as Change).cells.some(({ stage, states }) => stage === 'slow' && states[0] === 3);
    const { at } = await served.snapshot();
    const before = `:${at.split(':')[1]}:`;
    // Where the server is slower than the run, what it first tells of the run is everything.
    const events = served.events(
      at,
      (told) => isSlow(told) || (told.event === 'everything' && !told.id.includes(before)),
    );
    await served.act('/api/run', { targets: ['slow'] });
    const last = (await events).at(-1)!;
    const [, run] = last.id.split(':');
    await expect
      .poll(async () => (await served.snapshot()).stages.find(({ name }) => name === 'slow')?.state, {
        timeout: 20_000,
      })
      .toBe('running');
    await served.close('SIGKILL');
    await sleep(300);
    const { port, token } = served;
    served = await Served.of(study, '--profile', 'large', '--port', String(port));
    expect(served.token).toBe(token); // the page that is open goes on
    expect(await served.snapshot()).toMatchObject({ run: { id: run, state: 'running', watched: false } });
    const [first] = await served.events(`${last.id.split(':', 2).join(':')}:0`, () => true);
    expect(first.event).toBe('change');
    expect(isSlow(first)).toBe(true);
    expect((await served.act('/api/run', { targets: [] })).status).toBe(409);
    const over = served.events(first.id, isOver);
    expect((await served.act('/api/stop', {})).status).toBe(200);
    expect(((await over).at(-1)!.data as Change).run).toMatchObject({ id: run, state: 'stopped' });
  });
});
