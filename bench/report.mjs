// How large a report is and how long it takes to open: `node bench/report.mjs [out/report/index.html]`.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { program } from '../scripts/debian.mjs';

const ROUNDS = 7;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * Times in milliseconds since the page was asked for, and the processor time of the page's main thread, which other work on
 * the machine does not lengthen; medians over fresh pages. Undefined without report or browser.
 */
export async function benchReport(path = fileURLToPath(new URL('../out/report/index.html', import.meta.url))) {
  const executablePath = process.env.DRIFTLINE_CHROMIUM ?? program('chromium', 'chromium-browser', 'google-chrome');
  if (executablePath === undefined || !existsSync(path)) return undefined;
  const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
    const times = await page.evaluate(async () => {
      const paints = () => performance.getEntriesByName('first-contentful-paint');
      while (paints().length === 0) await new Promise((done) => setTimeout(done, 5));
      return { paint: paints()[0].startTime, load: performance.getEntriesByType('navigation')[0].domComplete };
    });
    const { metrics } = await devtools.send('Performance.getMetrics');
    const work = 1000 * metrics.find(({ name }) => name === 'TaskDuration').value;
    rounds.push({ ...times, work });
    await context.close();
  }
  await browser.close();
  return {
    bytes: statSync(path).size,
    firstPaintMs: median(rounds.map(({ paint }) => paint)),
    loadedMs: median(rounds.map(({ load }) => load)),
    workMs: median(rounds.map(({ work }) => work)),
  };
}

export const lineOf = ({ bytes, firstPaintMs, loadedMs, workMs }) =>
  `${(bytes / 1e6).toFixed(2)} MB; first paint after ${firstPaintMs.toFixed(0)} ms, all there after ${loadedMs.toFixed(0)} ms; ${workMs.toFixed(0)} ms of processor time in the page`;

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const found = await benchReport(process.argv[2] && resolve(process.argv[2]));
  process.stdout.write(`${found === undefined ? 'There is no report, or no Chromium to open it.' : lineOf(found)}\n`);
}
