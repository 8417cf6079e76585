import { expect, it } from 'vitest';
import type { AnyStage } from '../../src/engine/describe.ts';
import certifiedRates from '../../stages/certified-rates.ts';
import coupling from '../../stages/coupling.ts';
import drift from '../../stages/drift.ts';
import exact from '../../stages/exact.ts';
import fixedPoint from '../../stages/fixed-point.ts';
import optimalBoundary from '../../stages/optimal-boundary.ts';
import optimalThresholds from '../../stages/optimal-thresholds.ts';
import regions from '../../stages/regions.ts';
import simulate from '../../stages/simulate.ts';
import stability from '../../stages/stability.ts';
import testFunction from '../../stages/test-function.ts';
import threshold from '../../stages/threshold.ts';
import { digest, runKind } from './runKind.ts';

const additive = { kind: 'abounce', C: 2, d: 10, K: 2 };
const multiplicative = { kind: 'mbounce', alpha: '11/10', d: 10, K: 2 };
const all = (policy: object) => ({ ...policy, d: 'all' });

/**
 * sha256 of the tables' Arrow bytes. They were printed by this test on Linux x64, and are the same under Node 20.20, 22.23,
 * 24.21 and 26.10, and under Node 24.21 with the fused multiply-add of the C library switched off
 * (docs/determinism.md). A digest that changes means other bytes for every study: change it only with the reason in
 * the commit. What is left out here, transient and lemma, passes through Math.pow, whose last bit the machine decides.
 */
const GOLDEN: readonly (readonly [name: string, AnyStage, object, Readonly<Record<string, string>>])[] = [
  [
    'simulate',
    simulate,
    { n: 20, lambda: 0.75, events: 50_000, policy: additive, record: ['tails', 'path', 'delay'] },
    {
      delay: '339a2981c2ea880c66a1fedcb14ccea169992c101eeb8f02f89213f444c7205c',
      path: 'd80d5521b45280183de591f7880ca330f782797d72c8b3716498784b995e8fe8',
      quantiles: 'f824325aaeedd9bb555436f976db17917b6900b477a6e4ee1e5ba81aaea55b90',
      summary: 'cd99a30faf7764901d0acb0f66a5a62b7bba34be639e5000a5686d57e9b9bed8',
      tails: '7b9d3c8be466a92550163314667a1d7aba6a05afcf15f1d70ece80bf70ee531b',
    },
  ],
  [
    'fixed-point',
    fixedPoint,
    { lambda: 0.75, policy: additive, n: 100 },
    {
      summary: 'b9d95a9d28b615686412f0adb4ccb19dbe6fee550ea548369010bf58caeb40a4',
      tails: '9049840ced0f3711affe6490d3816140b6e78accb3d5a569d7c9e5fbcb498d1e',
    },
  ],
  [
    'fixed-point, α = 11/10',
    fixedPoint,
    { lambda: 0.5, policy: multiplicative, n: 100 },
    {
      summary: '9c6368d4f77573deee6a2e7521900e12f5cff268fe161cf436564bc94f72ea69',
      tails: '128bbbeeabc6d2b2e5e8ca726450577e10c3cfffcc40eaa334e196bc68222e45',
    },
  ],
  [
    'stability',
    stability,
    { lambda: 0.75, policy: { ...multiplicative, alpha: 3 } },
    {
      spectrum: 'f78461891d1d9df6f7abf69e82efef6faeb9fbb2c940acf66667614310beeef5',
      summary: '3617e64c8b626106bf9da9a8fadcb37a2359c42bf787518ae3c35cf4aeca661e',
    },
  ],
  [
    'drift',
    drift,
    { function: 'theorem3', lambda: '9/10', policy: { ...all(multiplicative), alpha: 2 }, box: 12 },
    {
      states: '2405ab7cb8c0b5a294c1a6a9fb4eca943f67857d16e8db4c31d4452eb5226cab',
      summary: '4c9ebe923c46c7c9c7d2327d3a857426b069926815064aad68529267de7032d9',
    },
  ],
  [
    'certified-rates',
    certifiedRates,
    { policy: all(additive), breakpoints: 6 },
    {
      functions: 'ece876cdcc776a4c453b09f0956d667399bf706fe3ef0cfd3d195d5086f33ff8',
      summary: 'ddf78e77ab29e0b8554b4c4389e71b8918a3d8ed22f06c7d143598a82995d8de',
    },
  ],
  [
    'test-function',
    testFunction,
    { lambda: '9/10', policy: all(additive), side: 'unstable', breakpoints: 4 },
    {
      function: '7a4774668e04fc15aea724f70a392dc3f1f7eccb18e37760cca78fbd30f20b11',
      summary: '5e7301d77092c9be48ee418c99c3e08c57d5bf5394ea5090b0ae124d43a68039',
    },
  ],
  [
    'exact',
    exact,
    { lambda: 0.5, policy: all(additive) },
    {
      joint: 'a5dd2484d9c855159b0cee2c9e575cf2613cf4afc627531368e2a4f9480c89ae',
      summary: '3c703be6d199b0404c32bee8f4331c790dbce0bf2e6192b7b7a079e4a1b386f3',
      tails: 'fc5d4d93e6f8c0782d0183cc6cd738083403515cf1c1574b635c51bdf060d051',
    },
  ],
  [
    'optimal-boundary',
    optimalBoundary,
    { lambda: 0.5, K: 2, largestC: 6, largestAlpha: 6 },
    {
      rules: '7b371179b7bfd281b8f1c11d0bfac0fd137a9fa4ba207e29cd3f4bdcde177ef6',
      summary: '418b62027d3e75c04ff1f438ac707ffe35da05fc01839222401b9ecf081a1c56',
      thresholds: '1e02f80fcd4ba8aa0b98673e0268df0970b1b4731c43e71f488ebd200e439357',
    },
  ],
  [
    'optimal-thresholds',
    optimalThresholds,
    { lambda: 0.75, K: 2, d: 10, entries: 4, largestC: 4, largestAlpha: 6 },
    {
      rules: '9ca719b3dc1d4886d4e9106d41a01c8fd126dc52bfb1fc9cc14b5a8380ca35b8',
      summary: 'eb62c9684d0e11295cf93f9773535253e260691a8440667780763c66052ca633',
      thresholds: 'e73502b92c7ea27589c37bce107276dbebb064a1be41f52c2a2527330af32515',
    },
  ],
  [
    'threshold, exact',
    threshold,
    { method: 'exact', policy: all(additive) },
    { summary: 'eca446307dd1f7f8ee442c5ea0b6452847d6c4f4c0e3a447185667092aea333a' },
  ],
  [
    'threshold, saturated',
    threshold,
    { method: 'saturated', n: 20, events: 20_000, policy: additive },
    { summary: 'bfe8e9d6f3d2adea727d4994fca6ea2be88172664016374d44a47af0d71512b2' },
  ],
  [
    'coupling',
    coupling,
    { n: 20, lambda: 0.4, events: 2000, policy: additive },
    { summary: 'ae44b0147ffed7a15987b11e48dcd4470b5fe971a936fc99708c21fd84a00263' },
  ],
  [
    'regions',
    regions,
    { policy: multiplicative },
    {
      fractions: 'ee281d5cc2cf06dd8265451f807b549f339f1a41e844573bfdd9815c1536dd30',
      states: '546789be96156ad762179df7e142f8af4e2c8c37673307943fe37e4f527cb189',
    },
  ],
];

it.each(GOLDEN)('%s gives the same bytes on every machine', async (_, kind, params, expected) => {
  const tables = await runKind(kind, params as Readonly<Record<string, unknown>>, { seed: 'golden', replicates: 3 });
  const found = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, digest(table)]));
  expect(found).toEqual(expected);
});
