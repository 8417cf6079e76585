import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/render.ts';
import { sampleModel } from '../report/sample.ts';
import { accessibilityFaults, useBrowser } from './browser.ts';

const open = useBrowser();
const folder = mkdtempSync(join(tmpdir(), 'driftline-browser-'));
const path = join(folder, 'index.html');
const address = pathToFileURL(path).href;

beforeAll(() => {
  const script = readFileSync(new URL('../../dist/report/page.js', import.meta.url), 'utf8');
  writeFileSync(path, renderReport(sampleModel(), { script }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A figure once it can be worked with. */
async function drawn(page: Page, name: string): Promise<Locator> {
  const figure = page.locator(`#figure-${name}`);
  await figure.scrollIntoViewIfNeeded();
  await figure.locator('.tools').waitFor();
  return figure;
}

/** Texts of a figure's axes, in no order of their own. */
const labels = async (figure: Locator) =>
  (await figure.locator('.plate .role-axis-label text').allTextContents()).sort();

/** Shapes of the data that cannot be seen. */
const hidden = (figure: Locator) => figure.locator('.plate .mark-symbol.role-mark path[opacity="0"]').count();

describe('the report in a browser', () => {
  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('asks for nothing, fails at nothing and can be used by everyone: %s, %i px', async (theme, width) => {
    const { page, faults } = await open(address, { theme, width });
    for (const name of ['figure-3', 'figure-4']) await drawn(page, name);
    for (const part of await page.locator('details').all())
      await part.evaluate((one: HTMLDetailsElement) => (one.open = true));
    await page.locator('#figure-figure-4 details.data table').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.scrollingElement!.scrollWidth)).toBeLessThanOrEqual(width);
    expect(faults).toEqual([]);
  });

  it('hides and shows series by buttons, from the keyboard and by the legend', async () => {
    const { page, faults } = await open(address);
    const figure = await drawn(page, 'figure-4');
    expect(await hidden(figure)).toBe(0);
    const button = figure.getByRole('button', { name: '3: show C 3 in figure-4' });
    await button.click();
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await expect.poll(() => hidden(figure)).toBeGreaterThan(10);
    await button.press('Enter');
    await expect.poll(() => hidden(figure)).toBe(0);
    await figure.locator('.plate .role-legend-label text', { hasText: '8' }).click();
    await expect.poll(() => hidden(figure)).toBeGreaterThan(10);
    expect(await figure.getByRole('button', { name: '8: show C 8' }).getAttribute('aria-pressed')).toBe('false');
    expect(faults).toEqual([]);
  });

  it('draws an axis the other way and back, and keeps what is hidden', async () => {
    const { page, faults } = await open(address);
    const figure = await drawn(page, 'figure-4');
    const before = await labels(figure);
    await figure.getByRole('button', { name: '2: show C 2' }).click();
    await figure.getByRole('button', { name: /^y linear/ }).click();
    await expect.poll(() => labels(figure)).toEqual(expect.arrayContaining(['0.2', '0.4', '0.6', '0.8']));
    await expect.poll(() => hidden(figure)).toBeGreaterThan(10);
    await page.keyboard.press('Enter'); // the button that took its place has the focus
    await expect.poll(() => labels(figure)).toEqual(before);
    expect(faults).toEqual([]);
  });

  it('zooms by buttons and the wheel, moves by dragging, and comes back', async () => {
    const { page, faults } = await open(address);
    const figure = await drawn(page, 'figure-4');
    const before = await labels(figure);
    const reset = figure.getByRole('button', { name: 'reset the view' });
    expect(await reset.isDisabled()).toBe(true);
    await figure.getByRole('button', { name: '+: closer' }).click();
    await expect.poll(() => labels(figure)).not.toEqual(before);
    await reset.click();
    await expect.poll(() => labels(figure)).toEqual(before);
    const box = (await figure.locator('.plate svg').boundingBox())!;
    const [x, y] = [box.x + box.width / 3, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 150, y, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => labels(figure)).not.toEqual(before);
    expect(await reset.isDisabled()).toBe(false);
    await page.mouse.dblclick(x, y);
    await expect.poll(() => labels(figure)).toEqual(before);
    const scrolled = await page.evaluate(() => scrollY);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await expect.poll(() => labels(figure)).not.toEqual(before);
    expect(await page.evaluate(() => scrollY)).toBe(scrolled);
    expect(faults).toEqual([]);
  });

  it('tells values under the pointer', async () => {
    const { page } = await open(address);
    const figure = await drawn(page, 'figure-4');
    await figure.locator('.plate .mark-symbol.role-mark path').nth(3).hover({ force: true });
    await expect.poll(() => page.locator('#vg-tooltip-element.visible').textContent()).toContain('queue length');
  });

  it('saves a figure and its data without any other file', async () => {
    const { page, faults } = await open(address);
    const figure = await drawn(page, 'figure-4');
    const saved = async (label: string) => {
      const waiting = page.waitForEvent('download');
      await figure.getByRole('button', { name: `${label}: save figure-4` }).click();
      const download = await waiting;
      return { name: download.suggestedFilename(), bytes: readFileSync((await download.path())!) };
    };
    const svg = await saved('SVG');
    expect([svg.name, svg.bytes.toString('utf8').slice(0, 4)]).toEqual(['figure-4.svg', '<svg']);
    const png = await saved('PNG');
    expect([png.name, png.bytes.toString('latin1', 1, 4)]).toEqual(['figure-4.png', 'PNG']);
    expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(1500);
    const vl = await saved('Vega-Lite');
    expect([vl.name, JSON.parse(vl.bytes.toString('utf8'))]).toEqual([
      'figure-4.vl.json',
      sampleModel().chapters[1]!.figures[0]!.spec,
    ]);
    const csv = await saved('CSV');
    expect(csv.name).toBe('figure-4.csv');
    expect(csv.bytes.toString('utf8').split('\n').slice(0, 2)).toEqual([
      'C,i,tail,lo,hi,predicted,none',
      expect.stringMatching(/^2,1,0\./),
    ]);
    expect(faults).toEqual([]);
  });

  it('shows the rows behind a figure, and sorts them', async () => {
    const { page } = await open(address);
    const figure = await drawn(page, 'figure-4');
    await figure.locator('details.data > summary').click();
    const first = figure.locator('details.data tbody tr').first();
    expect(await first.locator('td').first().textContent()).toBe('2');
    const heading = figure.getByRole('columnheader', { name: /^C\b/ }).getByRole('button');
    await heading.press('Enter');
    await heading.press('Enter');
    expect(await first.locator('td').first().textContent()).toBe('8');
  });

  it('opens the evidence that a link leads to', async () => {
    const { page } = await open(address);
    const evidence = page.locator('#evidence-theorem-2-condition-1');
    expect(await evidence.getAttribute('open')).toBeNull();
    await page.locator('a[href="#evidence-theorem-2-condition-1"]').click();
    await expect.poll(() => evidence.getAttribute('open')).not.toBeNull();
    expect(await evidence.locator('table').isVisible()).toBe(true);
    await evidence.getByRole('columnheader', { name: /^q1/ }).getByRole('button').click();
    expect(await evidence.locator('[aria-sort=ascending]').count()).toBe(1);
  });

  it('goes to the place that an address names, however far down', async () => {
    const { page } = await open(`${address}#claim-theorem-2-condition-1`);
    const place = () => page.locator('#claim-theorem-2-condition-1').evaluate((one) => one.getBoundingClientRect().top);
    await expect.poll(place).toBeLessThan(400);
    expect(await place()).toBeGreaterThan(-50);
  });

  it('sets formulas as such', async () => {
    const { page } = await open(address);
    const fraction = page.locator('mfrac').first();
    const [over, under] = await Promise.all([0, 1].map((at) => fraction.locator('mn').nth(at).boundingBox()));
    expect(over!.y + over!.height).toBeLessThanOrEqual(under!.y + 2);
  });

  it('prints without what only a screen can use', async () => {
    const { page } = await open(address, { theme: 'dark' });
    await drawn(page, 'figure-4');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const part of ['.tools', '.contents', '.downloads'])
      expect(await page.locator(part).first().isVisible()).toBe(false);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect((await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type \/Page\b/g)!.length).toBeGreaterThan(2);
  });
});
