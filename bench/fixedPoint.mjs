/**
 * Times the mean-field fixed point near 100 levels. Run `node bench/fixedPoint.mjs` for a table; `rows()` is what other
 * benches collect.
 */
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { fromSources } from './fromSources.mjs';

/** Policy, rate and truncation; the last two are what the study asks for, at the truncation that their tails need. */
const CASES = [
  {
    name: 'MBOUNCE(6, 1), λ = 0.75, 100 levels',
    spec: { kind: 'mbounce', alpha: 6, d: 1, K: 2 },
    lambda: 0.75,
    truncation: 100,
  },
  {
    name: 'MBOUNCE(6, 10), λ = 0.95, 100 levels',
    spec: { kind: 'mbounce', alpha: 6, d: 10, K: 2 },
    lambda: 0.95,
    truncation: 100,
  },
  { name: 'no sharing, λ = 0.66, 100 levels', spec: { kind: 'none', d: 10 }, lambda: 0.66, truncation: 100 },
  { name: 'ABOUNCE(2, 10), λ = 0.75', spec: { kind: 'abounce', C: 2, d: 10, K: 2 }, lambda: 0.75 },
  { name: 'MBOUNCE(3, 10), λ = 0.75', spec: { kind: 'mbounce', alpha: 3, d: 10, K: 2 }, lambda: 0.75 },
];

const loadScience = () =>
  fromSources(`
    export { fixedPoint } from './src/science/meanfield/fixedPoint.ts';
    export { makePolicy } from './src/science/policy/policy.ts';`);

/** One row per case: the first call, with nothing compiled yet for it, and the median of `repetitions` more. */
export async function rows({ repetitions = 25 } = {}) {
  const { fixedPoint, makePolicy } = await loadScience();
  return CASES.map(({ name, spec, ...options }) => {
    const times = [];
    let point;
    for (let k = 0; k <= repetitions; k++) {
      const start = performance.now();
      point = fixedPoint({ ...options, policy: makePolicy(spec) });
      times.push(performance.now() - start);
    }
    const [first, ...rest] = times;
    rest.sort((a, b) => a - b);
    return {
      name,
      status: point.status,
      truncation: point.truncation,
      iterations: point.iterations,
      firstMs: first,
      medianMs: rest[Math.floor(rest.length / 2)],
    };
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { name, status, truncation, iterations, firstMs, medianMs } of await rows()) {
    const times = `${medianMs.toFixed(2)} ms (first ${firstMs.toFixed(1)} ms)`;
    console.log(`${name.padEnd(40)} ${status}, B = ${truncation}, ${iterations} iterations: ${times}`);
  }
}
