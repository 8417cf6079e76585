import { describe, expect, it } from 'vitest';
import { entity, fileId, localId, ref } from '../../src/crate/entity.ts';
import { encodingFormat } from '../../src/crate/fileEntities.ts';
import { typedValue, typeOfSchema, valuesOver } from '../../src/crate/values.ts';

describe('values', () => {
  it.each([
    ['text', { additionalType: 'Text', value: 'text' }],
    [true, { additionalType: 'Boolean', value: true }],
    [3, { additionalType: 'Integer', value: 3 }],
    [0.5, { additionalType: 'Float', value: 0.5 }],
    [[1, 2], { additionalType: 'Integer', multipleValues: true, value: [1, 2] }],
    [[1, 2.5], { additionalType: 'Float', multipleValues: true, value: [1, 2.5] }],
    [['a', 'b'], { additionalType: 'Text', multipleValues: true, value: ['a', 'b'] }],
    [[], { additionalType: 'Text', value: '[]' }],
    [[1, 'a'], { additionalType: 'Text', value: '[1,"a"]' }],
    [[[1], [2]], { additionalType: 'Text', value: '[[1],[2]]' }],
    [[[], []], { additionalType: 'Text', value: '[[],[]]' }],
    [null, { additionalType: 'Text', value: 'null' }],
    [
      { kind: 'abounce', C: 3 },
      { additionalType: 'Text', value: '{"kind":"abounce","C":3}' },
    ],
  ])('%j has its type', (value, told) => {
    expect(typedValue(value)).toEqual(told);
  });

  it('over cells are told once each, in the order of the cells', () => {
    expect(valuesOver([3, 3, 3])).toBe(3);
    expect(valuesOver([3, 2, 3, 5])).toEqual([3, 2, 5]);
    expect(valuesOver([{ C: 2 }, { C: 3 }])).toEqual(['{"C":2}', '{"C":3}']);
    expect(valuesOver([[1, 2], [3]])).toEqual(['[1,2]', '[3]']);
  });

  it('of a schema have a type where it is simple', () => {
    expect(typeOfSchema({ type: 'integer' })).toEqual({ additionalType: 'Integer' });
    expect(typeOfSchema({ type: 'array', items: { type: 'string' } })).toEqual({
      additionalType: 'Text',
      multipleValues: true,
    });
    expect(typeOfSchema({ type: 'string', 'x-driftline': 'file' })).toEqual({ additionalType: 'File' });
    expect(typeOfSchema({ anyOf: [] })).toEqual({ additionalType: 'Text' });
    expect(typeOfSchema(undefined)).toEqual({ additionalType: 'Text' });
  });
});

describe('entities', () => {
  it('have what is known, and lists of one as that one', () => {
    expect(entity('#a', 'Thing', { b: [1], c: [1, 2], d: [], e: undefined, f: ref('#g') })).toEqual({
      '@id': '#a',
      '@type': 'Thing',
      b: 1,
      c: [1, 2],
      f: { '@id': '#g' },
    });
  });

  it('have ids that are URI references, in which letters stay as they are', () => {
    expect(fileId('out/figures/C=2,λ=0.5 50%.svg')).toBe('out/figures/C=2,λ=0.5%2050%25.svg');
    expect(fileId('a:b/c#d?e[f]')).toBe('a%3Ab/c%23d%3Fe%5Bf%5D');
    expect(fileId('.driftline/')).toBe('.driftline/');
    expect(localId('action', 'claim:lighter tails', 'a/b')).toBe('#action/claim%3Alighter%20tails/a%2Fb');
  });

  it('of files have a media type by the name', () => {
    expect(encodingFormat('out/figures/a.vl.json')).toBe('application/vnd.vegalite.v6+json');
    expect(encodingFormat('a/b.YAML')).toBe('application/yaml');
    expect(encodingFormat('x/LICENSE')).toBe('text/plain');
    expect(encodingFormat('x.d/data')).toBe('text/plain');
    expect(encodingFormat('data.bin')).toBe('application/octet-stream');
  });
});
