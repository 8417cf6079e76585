import { describe, expect, it } from 'vitest';
import { dataNames } from '../../src/figures/specData.ts';

describe('dataNames', () => {
  it('finds names wherever data may stand, and leaves out the spec’s own', () => {
    const spec = {
      datasets: { own: [] },
      data: { name: 'rows' },
      layer: [
        { data: { name: 'own' } },
        { data: { name: 'inline', values: [{ data: { name: 'not this' } }] } },
        { transform: [{ lookup: 'i', from: { data: { name: 'keys' }, key: 'i' } }] },
      ],
    };
    expect(dataNames(spec, ['rows', 'keys', 'unused'])).toEqual(['rows', 'keys']);
  });

  it('says which input does not exist, and which may be meant', () => {
    const spec = { layer: [{ data: { name: 'row' } }] };
    expect(() => dataNames(spec, ['rows'])).toThrow(
      'layer[0].data.name: there is no input row; did you mean rows? (there are: rows)',
    );
    expect(() => dataNames(spec, [])).toThrow('layer[0].data.name: there is no input row (the stage has no inputs)');
  });

  it('refuses data from elsewhere', () => {
    expect(() => dataNames({ data: { url: 'file:///etc/passwd' } }, [])).toThrow(
      'data.url: a figure reads no files or addresses',
    );
  });
});
