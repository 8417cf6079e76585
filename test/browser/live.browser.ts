import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openSession } from '../../src/cli/session.ts';
import { type LiveHead, type LiveLine, leaseOfRun } from '../../src/engine/liveLines.ts';
import { studyDigest } from '../../src/engine/studyDigest.ts';
import { LiveFile } from '../../src/store/liveFile.ts';
import { SQUARES, TemporaryStudy } from '../cli/study.ts';
import { Served } from '../dashboard/served.ts';
import { accessibilityFaults, useBrowser } from './browser.ts';

const open = useBrowser();
const root = mkdtempSync(join(tmpdir(), 'driftline-live-'));
const servers: Served[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((served) => served.close('SIGKILL')));
});
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }));

/** A kind that takes its time, and whose last cell waits until a file is there: until the test has seen what it wants to. */
const DRAWS = `
import { existsSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { streamUniform } from 'driftline/science/random/uniform';
import { tInterval } from 'driftline/science/stats/interval';
import { defineStage, table } from 'driftline/stage';

export default defineStage({
  summary: 'Means of a few random numbers',
  params: Type.Object({ upTo: Type.Number(), ms: Type.Number(), gate: Type.String() }, { additionalProperties: false }),
  inputs: {},
  outputs: { summary: table({ mean: 'float64', lo: 'float64', hi: 'float64' }) },
  replicates: {
    outputs: { draw: table({ mean: 'float64' }) },
    combine({ replicates }) {
      const { mean, lo, hi } = tInterval(replicates.draw.map(({ columns }) => columns.mean[0] ?? 0), 0.95);
      return { summary: { mean: [mean], lo: [lo], hi: [hi] } };
    },
  },
  async run({ params: { upTo, ms, gate }, seed, progress, signal }) {
    console.log('drawing up to', upTo);
    const pause = (time) =>
      new Promise((resolve, reject) => {
        setTimeout(resolve, time);
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    while (upTo === 4 && gate !== '' && !existsSync(gate)) await pause(50);
    for (let tenth = 0; tenth < 10; tenth++) {
      await pause(ms / 10);
      progress((tenth + 1) / 10);
    }
    const uniform = streamUniform(seed, 'draws');
    return { draw: { mean: [(upTo * (uniform() + uniform() + uniform())) / 3] } };
  },
});
`;

const DRAWN = `driftline: 1
study: Means of random numbers
seed: draws
params: { ms: 100, upTo: [2, 3, 4], gate: '' }
stages:
  draws:
    uses: draws
    matrix: { upTo: "\${params.upTo}" }
    replicates: 8
    with: { upTo: "\${matrix.upTo}", ms: "\${params.ms}", gate: "\${params.gate}" }
  means:
    uses: figure
    inputs: { rows: draws.summary }
    with: { spec: means.vl.yaml, formats: [svg] }
claims:
  positive:
    says: Every mean is positive
    test: { rows: draws.summary, every: "d => d.mean > 0" }
`;

const SPEC = `data: { name: rows }
layer:
  - mark: errorband
    encoding: { x: { field: upTo, type: quantitative }, y: { field: lo, type: quantitative }, y2: { field: hi } }
  - mark: { type: line, point: true }
    encoding: { x: { field: upTo, type: quantitative }, y: { field: mean, type: quantitative } }
`;

const [WIDE, HIGH] = [400, 250];
const MANY = `driftline: 1
study: A hundred thousand squares
stages:
  squares:
    uses: squares
    matrix: { row: ["1..${HIGH}"], column: ["1..${WIDE}"] }
    with: { n: 1, offset: "\${matrix.column}" }
`;

const studyOf = (name: string, text = DRAWN): TemporaryStudy =>
  new TemporaryStudy(join(root, name), {
    'pipeline.yaml': text,
    'means.vl.yaml': SPEC,
    'stages/draws.ts': DRAWS,
    'stages/squares.ts': SQUARES,
  });

async function serve(study: TemporaryStudy, ...args: readonly string[]): Promise<Served> {
  const served = await Served.of(study, ...args);
  servers.push(served);
  return served;
}

const addressOf = ({ address, token }: Served): string => `${address}#token=${token}`;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const goTo = (page: Page, hash: string): Promise<void> =>
  page.evaluate((to) => {
    location.hash = to;
  }, hash);
const runLine = (page: Page) => page.locator('#run');

/** Milliseconds from the request until the study is painted: of five, the least that a busy machine took. */
async function firstPaint(page: Page): Promise<number> {
  const took: number[] = [];
  for (let time = 0; time < 5; time++) {
    await page.reload();
    took.push(
      await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const look = (): void => {
              const isShown = performance.getEntriesByName('study shown').length > 0;
              // The next frame paints it, and the one after begins when it was painted.
              requestAnimationFrame(isShown ? () => resolve(performance.now()) : look);
            };
            look();
          }),
      ),
    );
  }
  const least = Math.min(...took);
  process.stdout.write(`first paint: ${took.map((ms) => ms.toFixed(0)).join(', ')} ms\n`);
  return least;
}

/** For a machine that is busy with much else. */
const LONG = { timeout: 60_000 };

describe('the live view in a browser', { timeout: 180_000 }, () => {
  it('runs the study from the page, and draws its figure while it runs; can be used by everyone in both themes', async () => {
    const gate = join(root, 'go');
    const served = await serve(studyOf('drawn'), '--jobs', '1', '--set', `gate=${gate}`);
    const { page, faults } = await open(addressOf(served));
    expect(page.url()).not.toContain(served.token);
    expect(await firstPaint(page)).toBeLessThan(300);
    expect(await accessibilityFaults(page)).toEqual([]);

    await goTo(page, '#/stage/means');
    await button(page, 'Run all').click();
    await runLine(page).getByText('Running').waitFor(LONG);
    const caption = page.locator('figcaption', { hasText: 'So far — draws:' });
    await caption.waitFor(LONG);
    await page.getByText('draws: 8 of 8 replicates, in 2 of 3 cells').waitFor(LONG);
    writeFileSync(gate, '');
    await runLine(page).getByText('Finished').waitFor(LONG);
    await page.getByRole('img', { name: 'Figure means', exact: true }).waitFor(LONG);
    expect(await caption.count()).toBe(0);

    await goTo(page, '#/stage/draws/1');
    await page.getByText('drawing up to 3').first().waitFor(LONG);
    await page.getByLabel('Coloured by').selectOption('summary.mean');
    await page.locator('.scale').waitFor(LONG);
    await button(page, 'Why?').click();
    await page.getByText('computed in').waitFor(LONG);
    await button(page, 'As a table').click();
    expect(await page.getByRole('cell', { name: 'done in this run' }).count()).toBe(3);
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.locator('.map').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Cell draws[upTo=4]' }).waitFor(LONG);
    await goTo(page, '#/');
    await page.getByText('Every mean is positive', { exact: true }).waitFor(LONG);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);

    const dark = await open(addressOf(served), { theme: 'dark' });
    await dark.page.getByText('Every mean is positive', { exact: true }).waitFor(LONG);
    expect(await accessibilityFaults(dark.page)).toEqual([]);
    await goTo(dark.page, '#/stage/draws/1');
    await dark.page.getByText('drawing up to 3').first().waitFor(LONG);
    expect(await accessibilityFaults(dark.page)).toEqual([]);
    expect(dark.faults).toEqual([]);
  });

  it('shows nothing without the token, and everything to who gives it; and on a narrow screen', async () => {
    const served = await serve(studyOf('shown'));
    const { page, faults } = await open(served.address, { width: 390, height: 800, theme: 'dark' });
    await page.getByRole('heading', { name: 'Open the address that driftline serve printed' }).waitFor(LONG);
    expect(await page.textContent('body')).not.toContain('draws');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
    const field = page.getByLabel('Address or token');
    await field.fill('no');
    await button(page, 'Open').click();
    await page.getByText('That holds no token').waitFor(LONG);
    await field.fill('x'.repeat(43));
    await button(page, 'Open').click();
    await page.getByText('The server knows another token').waitFor(LONG);
    await page.getByLabel('Address or token').fill(addressOf(served));
    await button(page, 'Open').click();
    await page.getByText('Every mean is positive').waitFor(LONG);
    expect(await button(page, 'Run all').isEnabled()).toBe(true);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.reload();
    await page.getByText('Every mean is positive').waitFor(LONG);
  });

  it('gets what it missed while its server was away, of a run that went on without it', async () => {
    const study = studyOf('restarted', DRAWN.replace('ms: 100', 'ms: 500'));
    const first = await serve(study, '--jobs', '2');
    const { page } = await open(addressOf(first));
    await goTo(page, '#/stage/draws');
    await button(page, 'Run all').click();
    await runLine(page).getByText('Running').waitFor(LONG);
    await first.close('SIGKILL');
    await runLine(page).getByText('The server does not answer').waitFor(LONG);
    await sleep(500);
    const second = await serve(study, '--port', String(first.port));
    await runLine(page).getByText('Finished').waitFor(LONG);
    await page.locator('.legend', { hasText: '3 done in this run' }).waitFor(LONG);
    await button(page, 'Run all').click();
    await page.getByText('Nothing had to run').waitFor(LONG);
    expect((await second.snapshot()).run?.state).toBe('finished');
  });

  it('compares two runs, with their figures side by side', async () => {
    const study = studyOf('compared', DRAWN.replace('ms: 100', 'ms: 0'));
    expect((await study.driftline('run')).code).toBe(0);
    expect((await study.driftline('run', '--set', 'upTo=[2,3,5]')).code).toBe(0);
    const { page, faults } = await open(addressOf(await serve(study)));
    await page.getByRole('link', { name: 'Compare runs' }).click();
    await page.getByRole('cell', { name: 'upTo' }).first().waitFor(LONG);
    expect(await page.locator('.sides img').count()).toBe(2);
    await page.locator('.sides').scrollIntoViewIfNeeded();
    await page.waitForFunction(() =>
      [...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth > 0),
    );
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('shows a hundred thousand cells that end by the thousand, and never stands still', async () => {
    const study = studyOf('many', MANY);
    const served = await serve(study);
    const { page, faults } = await open(addressOf(served), { theme: 'light' });
    expect(await firstPaint(page)).toBeLessThan(300);
    await goTo(page, '#/stage/squares');
    await page.locator('.legend', { hasText: '100,000 waiting' }).waitFor(LONG);

    const session = await openSession({ file: join(study.root, 'pipeline.yaml'), set: {} });
    const run = session.runId;
    const cells = session.plan.stages[0].cells.map(({ id }) => `squares[${id}]`);
    const head: LiveHead = {
      ...{ run, startedAt: new Date().toISOString(), file: 'pipeline.yaml', profile: null, set: {} },
      ...{ targets: [], jobs: 2, study: studyDigest(session.plan, session.kinds), actions: cells.length + 1 },
    };
    session.leases.acquire(leaseOfRun(run));
    const file = new LiveFile(session.storeRoot, run);
    const tell = (line: LiveLine): void => file.append(`${JSON.stringify(line)}\n`);
    tell({ head });
    await runLine(page).getByText('Running').waitFor(LONG);
    await page.locator('.legend', { hasText: '100,000 waiting' }).waitFor(LONG);
    const frames = page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const took: number[] = [];
          let last = performance.now();
          const next = (now: number): void => {
            took.push(now - last);
            last = now;
            if (document.querySelector('.legend')?.textContent?.includes('100,000 done')) resolve(took);
            else requestAnimationFrame(next);
          };
          requestAnimationFrame(next);
        }),
    );
    const AT_ONCE = 2000;
    for (let at = 0; at < cells.length; at += AT_ONCE) {
      tell({ at: at / 20_000, events: cells.slice(at, at + AT_ONCE).map((target) => ['done', target, at / 1e6]) });
      await sleep(100);
    }
    const took = (await frames).slice(1).sort((a, b) => a - b);
    file.close();
    session.leases.close();
    process.stdout.write(
      `100,000 cells: ${took.length} frames, median ${took[took.length >> 1].toFixed(1)} ms, 99 % ${took[Math.floor(took.length * 0.99)].toFixed(1)} ms, longest ${took.at(-1)!.toFixed(1)} ms\n`,
    );
    expect(took[Math.floor(took.length * 0.95)]).toBeLessThan(50);

    await page.getByLabel('Coloured by').selectOption('time');
    await page.locator('.scale').waitFor();
    await button(page, 'As a table').click();
    await page.getByText('1 to 100 of 100,000').waitFor();
    expect(faults).toEqual([]);
  });
});
