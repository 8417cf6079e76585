import { expect, it } from 'vitest';
import { checkLambda } from '../../../stages/parameters/lambda.ts';

it.each([
  [0.75, undefined],
  ['3/4', undefined],
  ['0.8867', 'refuse'],
  [1, 'allow'],
  ['5/4', 'allow'],
] as const)('takes λ = %s, unstable: %s', (lambda, unstable) => {
  expect(checkLambda(lambda, unstable)).toEqual([]);
});

it.each([
  [
    1,
    undefined,
    'lambda must be below the service rate 1, found 1: every policy is unstable there; say `unstable: allow` if that is meant',
  ],
  [
    '7/7',
    undefined,
    'lambda must be below the service rate 1, found 7/7: every policy is unstable there; say `unstable: allow` if that is meant',
  ],
  [1.2, 'refuse', 'lambda must be below the service rate 1, found 1.2'],
  [0, 'allow', 'lambda must be positive, found 0'],
  [-0.5, undefined, 'lambda must be positive, found -0.5'],
  ['1/', undefined, 'lambda: expected a decimal such as 1.1 or a fraction such as 11/10, found "1/"'],
] as const)('refuses λ = %s, unstable: %s', (lambda, unstable, message) => {
  expect(checkLambda(lambda, unstable)).toEqual([{ path: '/lambda', message }]);
});
