/**
 * Times drift certificates in exact rationals on a box of 200 × 200 states, and the search for the best
 * piecewise-linear test function. Run `node bench/drift.mjs` for a table; `driftRows()` is what `npm run bench` collects.
 */
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const ROUNDS = 7;
const abounce = { kind: 'abounce', C: 2, d: 'all', K: 2 };
const mbounce = { kind: 'mbounce', alpha: 2, d: 'all', K: 2 };
const box = 200;

/** @param {Awaited<ReturnType<typeof loadScience>>} science */
const cases = ({ certify, searchCertificate, certifiedRates }) => [
  {
    name: 'Theorem 2 as printed, 200 × 200 states',
    aimMs: 1000,
    run: () => certify({ function: 'theorem2-printed', lambda: '0.89', policy: abounce, n: 2, box }),
  },
  {
    name: 'Theorem 3, α = 2, 200 × 200 states',
    aimMs: 1000,
    run: () => certify({ function: 'theorem3', lambda: '0.9', policy: mbounce, n: 2, box }),
  },
  {
    name: '12 breakpoints at λ = 0.89, 200 × 200 states',
    aimMs: 1000,
    run: () => searchCertificate({ lambda: '0.89', policy: abounce, breakpoints: 12, side: 'stable', box }),
  },
  ...[8, 16, 24].map((breakpoints) => ({
    name: `both last rates, ${breakpoints} breakpoints, 13 places`,
    aimMs: null,
    run: () => certifiedRates({ policy: abounce, breakpoints, digits: 13 }),
  })),
];

async function loadScience() {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { certify } from './src/science/drift/certify.ts';
export { searchCertificate } from './src/science/drift/search.ts';
export { certifiedRates } from './src/science/drift/rates.ts';`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

/** Median over the rounds, and the first call, when nothing is compiled. */
export async function driftRows() {
  const science = await loadScience();
  return cases(science).map(({ name, aimMs, run }) => {
    const times = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    });
    const [firstMs] = times;
    const medianMs = times.toSorted((a, b) => a - b)[(ROUNDS - 1) / 2];
    return { name, medianMs, firstMs, aimMs, met: aimMs === null || medianMs < aimMs };
  });
}

export const lineOf = ({ name, medianMs, firstMs, aimMs, met }) =>
  `${name.padEnd(50)}${medianMs.toFixed(1).padStart(8)} ms   first ${firstMs.toFixed(1)} ms${
    aimMs === null ? '' : `   aim < ${aimMs} ms, ${met ? 'met' : 'missed'}`
  }`;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const row of await driftRows()) process.stdout.write(`${lineOf(row)}\n`);
}
