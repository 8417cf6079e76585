import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { fewQueuesThreshold } from '../src/science/exact/fewThreshold.ts';
import { exactThreshold } from '../src/science/exact/threshold.ts';
import { meanFieldThreshold } from '../src/science/meanfield/threshold.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { saturatedThreshold } from '../src/science/sim/saturatedThreshold.ts';
import { checkPolicy, literals, PolicyParameter } from './parameters/policy.ts';

/** Queues whose differences fit into memory. */
const MOST_EXACT = 5;

export default defineStage({
  summary:
    'Critical arrival rate λ_c of a policy: exact for up to five queues, from the saturated system, or mean field',
  params: Type.Object(
    {
      method: literals(['exact', 'saturated', 'mean-field'], {
        description: 'exact needs n ≤ 5 (default 2), mean-field a finite d',
      }),
      n: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** 20, description: 'Queues, for saturated and exact' })),
      policy: PolicyParameter,
      events: Type.Integer({
        default: 1_000_000,
        minimum: 1000,
        description: 'saturated: events of one estimate of p_b',
      }),
      repetitions: Type.Integer({ default: 8, minimum: 2, description: 'saturated: independent roots' }),
      confidence: Type.Number({
        default: 0.95,
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        description: 'Of the interval of λ_c',
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    summary: table({ lambdaCritical: 'float64', lo: 'float64', hi: 'float64', status: 'utf8' }),
  },
  seeded: true,
  check({ method, n, policy }) {
    const problems = checkPolicy(policy);
    if (problems.length > 0) return problems;
    if (method === 'exact' && n !== undefined && (n < 2 || n > MOST_EXACT))
      problems.push({ path: '/n', message: `method: exact is for 2 to ${MOST_EXACT} queues, found n = ${n}` });
    if (method === 'saturated' && n === undefined)
      problems.push({ path: '', message: 'method: saturated needs n, the number of queues' });
    if (method === 'mean-field' && (policy.d === undefined || policy.d === 'all')) {
      problems.push({
        path: policy.d === undefined ? '/policy' : '/policy/d',
        message: 'method: mean-field needs a finite number d of sampled queues',
      });
    }
    return problems;
  },
  run({ params: { method, n, policy: spec, events, repetitions, confidence }, seed, progress, signal }) {
    const policy = makePolicy(spec);
    const solve = () => {
      if (method === 'exact')
        return (n ?? 2) === 2 ? exactThreshold({ policy }) : fewQueuesThreshold({ n: n!, policy });
      if (method === 'mean-field') return meanFieldThreshold({ policy });
      const onProgress = (done: number, all: number): void => progress(done / all);
      return saturatedThreshold({
        n: n!,
        policy,
        events,
        replicates: repetitions,
        seed,
        confidence,
        onProgress,
        signal,
      });
    };
    const { lambdaCritical, lo, hi, status } = solve();
    return { summary: { lambdaCritical: [lambdaCritical], lo: [lo], hi: [hi], status: [status] } };
  },
});
