// `npm test`: types, lint and all tests but the long ones; ends with one line `N passed, N failed`. Arguments go to vitest.
import { close, run, tool, vitest } from './vitest.mjs';

const chosen = process.argv.slice(2);
let passed = 0;
let failed = 0;
if (chosen.length === 0) {
  for (const [name, ok] of [
    ['tsc', run('tsc', tool('typescript', 'tsc'), ['-p', '.'])],
    [
      'biome',
      run('biome', tool('@biomejs/biome', 'biome'), ['check', '--diagnostic-level=warn', '--error-on-warnings']),
    ],
  ]) {
    if (ok) passed++;
    else failed++;
    process.stdout.write(`${ok ? '✓' : '✗'} ${name}\n`);
  }
}
const tests = vitest(chosen);
close({ passed: passed + tests.passed, failed: failed + tests.failed, skipped: tests.skipped });
