import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { checkFields } from '../../src/figures/specFields.ts';
import { checkMark } from '../../src/figures/specMarks.ts';

/** The marks that the installed Vega-Lite declares in its own schema. */
const schema = createRequire(import.meta.url).resolve('vega-lite/vega-lite-schema.json');
const { definitions } = JSON.parse(readFileSync(schema, 'utf8'));
const marks: string[] = [
  ...definitions.Mark.enum,
  ...definitions.CompositeMark.anyOf.map(({ $ref }: { $ref: string }) => definitions[$ref.split('/').at(-1)!].const),
];

describe('checkMark', () => {
  it('knows every mark of Vega-Lite, by its name or in a definition, and no other', () => {
    expect(marks.length).toBeGreaterThan(15);
    for (const mark of marks) {
      expect(() => checkMark(mark, 'mark')).not.toThrow();
      expect(() => checkMark({ type: mark, filled: true }, 'mark')).not.toThrow();
    }
    expect(() => checkMark('none', 'mark')).toThrow(`(there are: `);
    const listed = /there are: (.*)\)/.exec(messageOf(() => checkMark('none', 'mark')))![1].split(', ');
    expect(listed.sort()).toEqual([...marks].sort());
  });

  it('leaves a spec without one, and what is no name, to Vega-Lite', () => {
    for (const mark of [undefined, null, 3, {}]) expect(() => checkMark(mark, 'mark')).not.toThrow();
  });

  it('is asked of every layer and part of a spec', () => {
    expect(() => checkFields({ layer: [{ mark: 'line' }, { mark: { type: 'pont' } }] }, {})).toThrow(
      'layer[1].mark: there is no mark pont; did you mean point?',
    );
    expect(() => checkFields({ facet: { field: 'C' }, spec: { mark: 'bars' } }, {})).toThrow(
      'spec.mark: there is no mark bars; did you mean bar?',
    );
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
