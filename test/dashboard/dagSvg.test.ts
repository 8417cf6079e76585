import { describe, expect, it } from 'vitest';
import { dagOf } from '../../src/dashboard/dag.ts';
import { layoutDag } from '../../src/dashboard/dagLayout.ts';
import { dagSvg } from '../../src/dashboard/dagSvg.ts';
import { cell, planOf, stage } from '../engine/fakes.ts';

const plan = planOf([
  stage('draws', [cell({ C: 1 }), cell({ C: 2 })], { replicates: 20 }),
  stage('rows', [cell({}, {}, { a: 'draws.out', b: 'draws.more' })]),
  stage('claim:a<b', [cell({}, {}, { rows: 'rows.out' })]),
]);
const dag = dagOf(plan);

describe('a DAG', () => {
  it('has the stages with their numbers of cells and replicates, and an edge for each output that is taken', () => {
    expect(dag.nodes).toEqual([
      { name: 'draws', label: 'draws × 2 × 20', isClaim: false },
      { name: 'rows', label: 'rows', isClaim: false },
      { name: 'claim:a<b', label: 'claim:a<b', isClaim: true },
    ]);
    expect(dag.edges).toEqual([
      { from: 'draws', output: 'out', to: 'rows' },
      { from: 'draws', output: 'more', to: 'rows' },
      { from: 'rows', output: 'out', to: 'claim:a<b' },
    ]);
  });

  it('is laid out from left to right, no box over another, and one line from stage to stage', () => {
    const { boxes, lines, width, height } = layoutDag(dag);
    const [draws, rows, claim] = boxes;
    expect(draws.x + draws.width / 2).toBeLessThan(rows.x - rows.width / 2);
    expect(rows.x + rows.width / 2).toBeLessThan(claim.x - claim.width / 2);
    expect(lines.map(({ outputs }) => outputs)).toEqual([['out', 'more'], ['out']]);
    for (const { x, y } of [...boxes, ...lines.flatMap(({ points }) => points)]) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(height);
    }
  });

  it('is drawn with every name escaped, and the same each time', () => {
    const svg = dagSvg(dag, 'A & B');
    expect(svg).toContain('<title>A &amp; B</title>');
    expect(svg).toContain('>a&lt;b</text>');
    expect(svg).toContain('<title>draws → rows: out, more</title>');
    expect(svg.match(/<rect fill/g)).toHaveLength(2);
    expect(dagSvg(dag, 'A & B')).toBe(svg);
  });

  it('of one stage is a box alone', () => {
    expect(dagSvg(dagOf(planOf([stage('only', [cell({})])])), 't')).toContain('>only</text>');
  });
});
