import { describe, expect, it } from 'vitest';
import { nominalConfidence } from '../../src/science/stats/nominalConfidence.ts';
import { DECISIONS_PORT } from '../../src/study/decisions.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import decide from '../../stages/decide.ts';

const RULE = { column: 'delay', width: { relative: 0.5 }, confidence: 0.9, look: 2, looks: [4, 8] };

function look(values: readonly unknown[], rule: Partial<typeof RULE> = {}) {
  const replicates = values.map((value) => tableFrom({ delay: [value].flat() }, undefined, 'replicate'));
  // biome-ignore lint/suspicious/noExplicitAny: only what a look reads
  return decide.run({ params: { ...RULE, ...rule }, inputs: { replicates } } as any) as any;
}

describe('a look at replicates', () => {
  it('stops where the interval is narrow enough', () => {
    const { decision, more } = look([1, 2, 3, 4, 5, 4, 3, 2], { look: 1 });
    expect(decision).toMatchObject({
      look: [1],
      replicates: [8],
      mean: [3],
      confidence: [nominalConfidence(0.9, [4, 8])],
      verdict: ['stop'],
    });
    expect(decision.relative[0]).toBeCloseTo(decision.halfWidth[0] / 3, 14);
    expect(more).toBeUndefined();
  });

  it('asks for more where it is not, until the last look', () => {
    const { decision, more } = look([1, 5], { look: 1 });
    expect([decision.verdict, more instanceof Uint8Array]).toEqual([['go on'], true]);
    const last = look([1, 5]);
    expect([last.decision.verdict, last.more]).toEqual([['max reached'], undefined]);
  });

  it('has no relative width where the mean is 0', () => {
    expect(look([-1, 1]).decision.relative).toEqual([null]);
  });

  it('says which replicate gives no number', () => {
    expect(() => look([1, null])).toThrow('replicate 1 gives no number for delay but a missing value');
    expect(() => look([1, Number.NaN])).toThrow('replicate 1 gives no number for delay but NaN');
    expect(() => look([1, 2], { column: 'other' })).toThrow('replicate 0 gives no number for other but no such');
    expect(() => look([1, [1, 2]])).toThrow('replicate 1 gives 2 rows with delay; a metric is in a table’s only row');
  });

  it('gives the columns that a study is told', () => {
    expect(DECISIONS_PORT).toEqual(decide.outputs.decision);
  });
});
