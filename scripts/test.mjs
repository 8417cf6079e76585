// `npm test`: types, lint and all tests; ends with one line `N passed, N failed`. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'driftline-test-'));
const report = join(folder, 'report.json');
const chosen = process.argv.slice(2);

/** A tool's own entry file: npx would cost its start again, and may look for a package elsewhere. */
function tool(packageName, bin) {
  const manifest = require.resolve(`${packageName}/package.json`);
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin[bin]);
}

function run(name, file, args) {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  if (status !== 0) process.stdout.write(`${name} found something to mend\n`);
  return status === 0;
}

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
run('vitest', tool('vitest', 'vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...chosen,
]);
try {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  // A file that cannot be loaded has no test that could fail, and must not pass for that.
  failed +=
    numFailedTests +
    testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
    ).length;
} catch {
  failed++; // no report: vitest did not get that far
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
