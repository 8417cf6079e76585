import { describe, expect, it } from 'vitest';
import { checkFields } from '../../src/figures/specFields.ts';

const schemas = { rows: { i: 'int32', tail: 'float64' }, more: { floor: 'float64' } } as const;
const data = { name: 'rows' };
const y = (field: string) => ({ y: { field } });
const check = (spec: Record<string, unknown>) => () => checkFields(spec, schemas);

describe('checkFields', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a column', { data, encoding: y('tail') }],
    ['a calculated one', { data, transform: [{ calculate: '1', as: 'one' }], encoding: y('one') }],
    [
      'an aggregate’s',
      {
        data,
        transform: [{ aggregate: [{ op: 'min', field: 'tail', as: 'least' }], groupby: ['i'] }],
        encoding: y('least'),
      },
    ],
    ['a folded one', { data, transform: [{ fold: ['i', 'tail'] }], encoding: y('value') }],
    ['whatever a pivot makes', { data, transform: [{ pivot: 'i', value: 'tail' }], encoding: y('anything') }],
    ['a layer’s own data', { data, layer: [{ data: { name: 'more' }, encoding: y('floor') }] }],
    ['inline data', { data, layer: [{ data: { values: [{ z: 1 }] }, encoding: y('z') }] }],
    ['a channel that the layer overrides', { data, encoding: y('nothing'), layer: [{ encoding: y('tail') }] }],
    ['a count without a field', { data, encoding: { y: { aggregate: 'count' } } }],
  ])('lets %s through', (_, spec) => {
    expect(check(spec)).not.toThrow();
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { data, encoding: y('tial') },
      'encoding.y.field: rows has no column tial; did you mean tail? (there are: i, tail)',
    ],
    [
      { data, layer: [{ mark: 'line' }, { encoding: y('tial') }] },
      'layer[1].encoding.y.field: rows has no column tial',
    ],
    [{ data, encoding: y('tial'), layer: [{ mark: 'line' }] }, 'encoding.y.field: rows has no column tial'],
    [{ data, facet: { column: { field: 'C' } }, spec: {} }, 'facet[0].field: rows has no column C'],
    [{ data, facet: { field: 'C' }, spec: {} }, 'facet.field: rows has no column C'],
    [{ data, facet: { field: 'i' }, spec: { encoding: y('C') } }, 'spec.encoding.y.field: rows has no column C'],
    [
      { data, hconcat: [{ encoding: { tooltip: [{ field: 'i' }, { field: 'ii' }] } }] },
      'hconcat[0].encoding.tooltip[1].field: rows has no column ii',
    ],
    [
      { data, encoding: { color: { condition: { field: 'C' }, value: 'red' } } },
      'encoding.color.condition.field: rows has no column C',
    ],
    [
      { data, transform: [{ aggregate: [{ op: 'min', as: 'm' }] }], encoding: y('tail') },
      'encoding.y.field: rows has no column tail',
    ],
    [
      { data, transform: [{ filter: 'true' }], encoding: { x: { field: 'i', sort: { field: 'j' } } } },
      'encoding.x.sort.field: rows has no column j',
    ],
  ])('%j', (spec, message) => {
    expect(check(spec)).toThrow(message);
  });
});
