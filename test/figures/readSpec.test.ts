import { describe, expect, it } from 'vitest';
import { readSpec } from '../../src/figures/readSpec.ts';

const read = (text: string) => readSpec(new TextEncoder().encode(text), 'tails.vl.yaml');

describe('readSpec', () => {
  it('reads YAML with anchors, and JSON', async () => {
    expect(await read('a: &x { field: i }\nb: *x')).toEqual({ a: { field: 'i' }, b: { field: 'i' } });
    expect(await read('{"mark": "line"}')).toEqual({ mark: 'line' });
  });

  it('says where the YAML is wrong', async () => {
    await expect(read('mark: line\nencoding: { x: [1 }\n')).rejects.toThrow(/^tails\.vl\.yaml:2:\d+: /);
    await expect(read('- 1')).rejects.toThrow('tails.vl.yaml: expected a Vega-Lite spec: a mapping');
    await expect(read('')).rejects.toThrow('tails.vl.yaml: expected a Vega-Lite spec: a mapping');
  });

  it('refuses aliases that multiply', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${new Array(10).fill(`*a${i - 1}`).join(', ')}]`);
    await expect(read(lines.join('\n'))).rejects.toThrow(/alias/);
  });
});
