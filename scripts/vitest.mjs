// Runs vitest and counts: what `npm test` and `npm run test:soak` have in common.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** A tool's own entry file: npx would cost its start again, and may look for a package elsewhere. */
export function tool(packageName, bin) {
  const manifest = require.resolve(`${packageName}/package.json`);
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin[bin]);
}

export function run(name, file, args) {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  if (status !== 0) process.stdout.write(`${name} found something to mend\n`);
  return status === 0;
}

/** Runs the tests that the arguments choose, and counts them. */
export function vitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-test-'));
  const report = join(folder, 'report.json');
  const clean = run('vitest', tool('vitest', 'vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ]);
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    // A file that cannot be loaded has no test that could fail, and must not pass for that.
    const unloaded = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
    ).length;
    const failed = numFailedTests + unloaded;
    // An error that no test caught fails the run, though each of its tests passed.
    return { passed: numPassedTests, failed: failed > 0 || clean ? failed : 1, skipped: numPendingTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }; // no report: vitest did not get that far
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends the program with one line `N passed, N failed`; what was skipped stands on a line before it. */
export function close({ passed, failed, skipped }) {
  if (skipped > 0) process.stdout.write(`${skipped} skipped: this machine does not allow them\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
