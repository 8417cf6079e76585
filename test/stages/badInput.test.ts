import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { Kinds } from '../../src/engine/kinds.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { formatProblem } from '../../src/study/problems.ts';
import { readStudy } from '../../src/study/read.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'driftline-bad-'));
const store = join(folder, '.driftline');
mkdirSync(store);
const kinds = new Kinds(store, { study: folder, package: root }, new StatCache(store, folder));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a person reads about stages of the real kinds, one a line. */
async function said(...stages: readonly string[]): Promise<string> {
  const lines = stages.map((stage, at) => `  s${at}: ${stage}\n`).join('');
  writeFileSync(join(folder, 'pipeline.yaml'), `driftline: 1\nstudy: s\nseed: 1\nstages:\n${lines}`);
  const study = await readStudy({ root: folder, kinds: kinds.resolve });
  return 'problems' in study ? study.problems.map(formatProblem).join('\n\n') : 'no problem';
}

const simulate = (params: string) => `{ uses: simulate, with: { n: 10, events: 1000, ${params} } }`;

it('reads what is right', async () => {
  expect(await said(simulate('lambda: 0.5, policy: { kind: abounce, C: 2, K: 2, d: 2 }'))).toBe('no problem');
});

it('places what only the kind can see', async () => {
  expect(
    await said(
      simulate('lambda: 1.05, policy: { kind: none }'),
      simulate('lambda: 0.5, policy: { kind: abounce, C: 2, K: 3 }'),
      simulate('lambda: 0.5, policy: { kind: mbounce, alpha: 1 }'),
      simulate('lambda: 0.5, policy: { kind: sq, d: 0 }'),
      simulate('lambda: 0.5, policy: { kind: mbounce, alpha: 2, C: 3 }'),
      simulate('lambda: 0.5, policy: { kind: none }, warmup: 1000'),
      '{ uses: fixed-point, with: { lambda: 0.5, policy: { kind: mbounce, alpha: 3/2, d: 2 }, equations: printed } }',
      '{ uses: drift, with: { function: theorem3, lambda: 0.5, policy: { kind: mbounce, alpha: 2 }, n: 3, box: 200 } }',
    ),
  ).toMatchInlineSnapshot(`
    "pipeline.yaml:5:62: lambda must be below the service rate 1, found 1.05: every policy is unstable there; say \`unstable: allow\` if that is meant
      5 |   s0: { uses: simulate, with: { n: 10, events: 1000, lambda: 1.05, policy: { kind: none } } }
        |                                                              ^^^^

    pipeline.yaml:6:95: ABOUNCE needs C ≥ K, found C = 2 with K = 3
      6 | …uses: simulate, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: abounce, C: 2, K: 3 } } …
        |                                                                                        ^

    pipeline.yaml:7:99: MBOUNCE needs alpha > 1, found 1
      7 | …{ uses: simulate, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: mbounce, alpha: 1 } } …
        |                                                                                              ^

    pipeline.yaml:8:90: d must be an integer ≥ 1 or "all", found 0
      8 |   s3: { uses: simulate, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: sq, d: 0 } } }
        |                                                                                          ^

    pipeline.yaml:9:105: C has no meaning for mbounce
      9 | …: simulate, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: mbounce, alpha: 2, C: 3 } } …
        |                                                                                              ^

    pipeline.yaml:10:99: warmup must be below events = 1000, found 1000
      10 | … uses: simulate, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: none }, warmup: 1000 } …
         |                                                                                             ^^^^

    pipeline.yaml:11:81: equation (1) is printed for integral α, found 3/2
      11 | …xed-point, with: { lambda: 0.5, policy: { kind: mbounce, alpha: 3/2, d: 2 }, equations: printed } …
         |                                                                  ^^^

    pipeline.yaml:12:111: box^n may be at most 1000000 states: with n = 3 a box of at most 100, found 200
      12 | …t, with: { function: theorem3, lambda: 0.5, policy: { kind: mbounce, alpha: 2 }, n: 3, box: 200 } …
         |                                                                                              ^^^"
  `);
});

it('places what the schema sees, and suggests the nearest word', async () => {
  expect(
    await said(
      simulate('lambda: 0.5, policy: { kind: abounced, C: 2 }'),
      simulate('lambda: 0.5, policy: { kind: abounce, C: 2.5 }'),
      simulate('lambda: 0.5, policy: { kind: abounce, C: 2, comparision: weak }'),
      simulate('lambda: half, policy: { kind: none }'),
      simulate('lambda: 0.5, policy: { kind: none }, record: [tail]'),
      '{ uses: threshold, with: { method: exakt, policy: { kind: none } } }',
    ),
  ).toMatchInlineSnapshot(`
    "pipeline.yaml:5:83: "policy.kind" is "abounced"
      5 | …0: { uses: simulate, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: abounced, C: 2 } } …
        |                                                                                 ^^^^^^^^
      expected one of "none", "sq", "abounce", "mbounce", "table"
      did you mean "abounce"?

    pipeline.yaml:6:95: "policy.C" is 2.5
      6 | …: { uses: simulate, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: abounce, C: 2.5 } } …
        |                                                                                            ^^^
      expected an integer

    pipeline.yaml:7:98: unknown key "comparision" in "policy"
      7 | …e, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: abounce, C: 2, comparision: weak } } …
        |                                                                              ^^^^^^^^^^^
      expected one of "kind", "C", "alpha", "thresholds", "d", "K", "comparison"
      did you mean "comparison"?

    pipeline.yaml:8:62: "lambda" is "half"
      8 |   s3: { uses: simulate, with: { n: 10, events: 1000, lambda: half, policy: { kind: none } } }
        |                                                              ^^^^
      expected text such as "1.5" or "3/2"

    pipeline.yaml:9:100: "record.0" is "tail"
      9 | …ses: simulate, with: { n: 10, events: 1000, lambda: 0.5, policy: { kind: none }, record: [tail] } …
        |                                                                                            ^^^^
      expected one of "tails", "path", "delay"
      did you mean "tails"?

    pipeline.yaml:10:42: "method" is "exakt"
      10 |   s5: { uses: threshold, with: { method: exakt, policy: { kind: none } } }
         |                                          ^^^^^
      expected one of "exact", "saturated", "mean-field"
      did you mean "exact"?"
  `);
});
