import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

export interface View {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** A page, and what it did that no page of ours should do. */
export interface Watched {
  readonly page: Page;
  /** Errors on the console, exceptions, and requests to anywhere but where the page came from. */
  readonly faults: string[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One browser for the tests of a file. It is closed after them. */
export function useBrowser(): (address: string, view?: View) => Promise<Watched> {
  let browser: Browser;
  beforeAll(async () => {
    const executablePath = process.env.DRIFTLINE_CHROMIUM;
    if (executablePath === undefined) throw new Error('These tests are run by: npm run test:browser');
    // As root, as in a container, Chromium has no sandbox; the pages are our own.
    browser = await chromium.launch({ executablePath, chromiumSandbox: false });
  });
  afterAll(async () => browser?.close());
  return async (address, { theme = 'light', width = 1280, height = 900 } = {}) => {
    const context = await browser.newContext({ colorScheme: theme, viewport: { width, height }, bypassCSP: false });
    const page = await context.newPage();
    const faults: string[] = [];
    const origin = new URL(address).origin;
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      const own = url === address || /^(data|blob):/.test(url) || (origin !== 'null' && url.startsWith(`${origin}/`));
      if (!own) faults.push(`request to ${url}`);
    });
    await page.goto(address, { waitUntil: 'load' });
    return { page, faults };
  };
}

/**
 * What axe-core finds that keeps somebody from using the page, one line each. It is put in by the browser and not by the
 * page, whose policy would not run it.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> };
    };
    return axe.run();
  });
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}
