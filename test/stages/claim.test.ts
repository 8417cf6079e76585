import { expect, it } from 'vitest';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import claim from '../../stages/claim.ts';
import { given } from './given.ts';

const rows = tableFrom({ hi: [0.1, 0.3], none: [0.2, 0.2] }, undefined, 'rows');

it('writes the verdict, its counts and numbers as JSON', async () => {
  const test = { every: 'd => d.hi < d.none', numbers: { ratio: 'd => op.max(d.hi / d.none)' } };
  const { verdict } = await claim.run(given(test, { rows }));
  expect(JSON.parse(new TextDecoder().decode(verdict))).toEqual({
    verdict: 'refuted',
    rows: 2,
    holds: 1,
    fails: 1,
    unknown: 0,
    numbers: { ratio: 0.3 / 0.2 },
    decisive: [{ hi: 0.3, none: 0.2 }],
  });
});

it('asks for exactly one of every and some', () => {
  const problem = [{ path: '', message: 'a claim’s test has exactly one of every and some' }];
  expect(claim.check?.({})).toEqual(problem);
  expect(claim.check?.({ every: 'd => d.x', some: 'd => d.x' })).toEqual(problem);
  expect(claim.check?.({ some: 'd => d.x' })).toEqual([]);
});
