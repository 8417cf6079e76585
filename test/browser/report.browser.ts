import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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

describe('the report in a browser', () => {
  it.each(['light', 'dark'] as const)(
    'asks for nothing, fails at nothing and can be used by everyone: %s',
    async (theme) => {
      const { page, faults } = await open(address, { theme });
      const figure = page.locator('figure').first();
      await figure.scrollIntoViewIfNeeded();
      await figure.locator('.plate [role=img]:not(img)').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(faults).toEqual([]);
    },
  );
});
