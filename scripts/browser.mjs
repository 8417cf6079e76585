// `npm run test:browser`: the tests in a real browser, of test/browser/; ends with one line `N passed, N failed`.
// Chromium is installed where that may be done. Without it nothing is tested, and a line says so: no failure.
import { install, program } from './debian.mjs';
import { close, vitest } from './vitest.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const chromium = () => process.env.DRIFTLINE_CHROMIUM ?? program(...NAMES);

if (chromium() === undefined) install('chromium');
const found = chromium();
if (found === undefined) {
  process.stdout.write(
    'skipped: there is no Chromium. Install it (on Debian: apt-get install chromium), or name one in DRIFTLINE_CHROMIUM.\n' +
      '0 passed, 0 failed\n',
  );
} else {
  process.env.DRIFTLINE_CHROMIUM = found;
  close(vitest(['--config', 'vitest.browser.config.ts', ...process.argv.slice(2)]));
}
