import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSpec } from '../../src/figures/readSpec.ts';
import { renderFigure } from '../../src/figures/renderFigure.ts';
import type { Table } from '../../src/tables/table.ts';
import { tableFromRows } from '../../src/tables/tableFrom.ts';

const FOLDER = 'experiments/figures';

/** Two rows of each table, with every column that the specs' head comments name. */
const TABLES: Readonly<Record<string, Readonly<Record<string, readonly object[]>>>> = {
  'figure-1': {},
  'figure-2': {
    regions: [
      { policy: 'ABOUNCE(2)', q1: 0, q2: 0, migrates: false },
      { policy: 'MBOUNCE(2)', q1: 0, q2: 5, migrates: true },
    ],
  },
  'figure-3': {
    paths: [
      { lambda: 0.77, replicate: 1, time: 0, meanQueue: 0 },
      { lambda: 0.77, replicate: 1, time: 10, meanQueue: 1 },
    ],
  },
  'figure-4': { rows: tails('C') },
  'figure-5': { rows: tails('alpha') },
  'figure-6': {
    rows: [
      { alpha: 'no sharing', lambda: 0.5, jobDelay: 2, lo: 1.9, hi: 2.1, predicted: 2 },
      { alpha: '6', lambda: 0.5, jobDelay: 1.3, lo: 1.2, hi: 1.4, predicted: 1.3 },
      { alpha: '1.1', lambda: 0.5, jobDelay: null, lo: null, hi: null, predicted: 2.5 },
    ],
  },
  'figure-certified-rates': {
    rates: [3, 4].map((breakpoints) => ({
      breakpoints,
      stable: 0.85,
      unstable: 0.9,
      gap: 10 ** -breakpoints,
      printed: 0.887,
      exact: 0.894,
      repaired: 0.901,
    })),
  },
  'figure-boundary': {
    thresholds: [
      { panel: 'K = 2', rule: 'optimal', m: 0, threshold: 2 },
      { panel: 'K = 2', rule: 'best additive', m: 1, threshold: 6 },
    ],
  },
  'figure-boundary-excess': {
    rules: [
      { K: 2, lambda: 0.5, rule: 'optimal', C: null, alpha: null, excess: 0 },
      { K: 2, lambda: 0.5, rule: 'floored', C: 2, alpha: 4, excess: 0.001 },
    ],
  },
  'figure-contrast': {
    contrasts: [
      { lambda: 0.75, rule: 'optimal', C: null, alpha: null, gain: 0, gainLo: 0, gainHi: 0, jobDelay: 2.6 },
      { lambda: 0.75, rule: 'additive', C: 3, alpha: null, gain: 2.4, gainLo: 2.3, gainHi: 2.5, jobDelay: 2.66 },
    ],
  },
  'figure-convergence': {
    errors: [
      convergenceRow({ approximation: 'mean field', n: 10, error: 0.1, least: 0.09, greatest: 0.11, resolved: true }),
      convergenceRow({ approximation: 'refined', n: 100, error: -1e-3, least: 0, greatest: 3e-3, resolved: false }),
    ],
  },
  'figure-coverage': {
    rows: ['replications', 'batch means'].map((method, row) => ({
      system: 'M/M/1',
      lambda: 0.5 + row / 4,
      method,
      measure: 'meanQueue',
      coverage: 0.95,
      lo: 0.94,
      hi: 0.96,
    })),
  },
  'figure-delay-law': {
    rows: [
      { policy: 'ABOUNCE(3)', lambda: 0.5, p: 0.5, delay: 1.3, lo: 1.2, hi: 1.4, none: 1.4 },
      { policy: 'MBOUNCE(6)', lambda: 0.5, p: 0.99, delay: 7, lo: null, hi: null, none: 9.2 },
    ],
  },
  'figure-gap': {
    rows: [
      { label: 'C = 2', meanQueue: 2.33, lo: 2.32, hi: 2.34, meanField: 2.24, refined: 2.34 },
      { label: 'C = 3', meanQueue: 2.11, lo: 2.1, hi: 2.12, meanField: 2.09, refined: null },
    ],
  },
  'figure-lemmas': {
    rows: [
      { equations: 'policy', policy: 'ABOUNCE(2)', i: 1, minusLogTail: 0.1, printed: 0.4, sharp: 0.1 },
      { equations: 'printed', policy: 'ABOUNCE(2)', i: 2, minusLogTail: 0.3, printed: 0.5, sharp: null },
    ],
  },
  'figure-test-functions': {
    functions: [
      { breakpoints: 6, side: 'stable', D: 0, slope: 0.06 },
      { breakpoints: 6, side: 'stable', D: 5, slope: 0.46 },
      { breakpoints: 18, side: 'unstable', D: 0, slope: 0.06 },
    ],
  },
  'figure-thresholds': {
    thresholds: [
      { system: 'two queues', lambda: 0.5, m: 0, threshold: 2 },
      { system: 'mean field', lambda: 0.5, m: 1, threshold: 4 },
    ],
  },
  'figure-relaxation': {
    rows: [
      { family: 'ABOUNCE', policy: 'C = 2', lambda: 0.4, relaxationTime: 3, none: 7 },
      { family: 'ABOUNCE', policy: 'C = 2', lambda: 0.8, relaxationTime: null, none: 90 },
    ],
  },
  'figure-phase-pair': {
    pair: Array.from({ length: 22 }, (_, k) => ({
      comparison: k < 11 ? 'strict' : 'weak',
      K: 2 + (k % 5),
      C: 2 + (k % 11),
      exact: 0.82 + 0.01 * (k % 11),
    })),
  },
  'figure-phase-size': {
    size: [
      { d: 1, queues: '2', position: 2, how: 'exact', lambdaCritical: 0.91 },
      { d: 1, queues: '100', position: 100, how: 'simulated', lambdaCritical: 0.83 },
      { d: 1, queues: '∞', position: 1000, how: 'mean field', lambdaCritical: 0.82 },
    ],
  },
  'figure-rare-tails': {
    rows: [
      { system: 'ABOUNCE(2), n = 2', i: 1, tail: 0.8, lo: 0.7, hi: 0.9, known: 0.8 },
      { system: 'MBOUNCE(6), d = 1, n = 1000', i: 30, tail: 1e-12, lo: 5e-13, hi: 2e-12, known: 1e-12 },
    ],
  },
  'figure-theorem-2': {
    thresholds: [
      { comparison: 'strict', name: 'exact', lambda: 0.894 },
      { comparison: 'strict', name: 'printed', lambda: 0.887 },
      { comparison: 'strict', name: 'repaired', lambda: 0.901 },
    ],
  },
};

function convergenceRow(error: object): object {
  return { policy: 'ABOUNCE(3)', fitted: 0.1, order: 1, orderLo: 0.9, orderHi: 1.1, ...error };
}

function tails(threshold: string): object[] {
  return [
    { [threshold]: 2, i: 0, tail: 1, lo: 1, hi: 1, predicted: 1, refined: 1, none: 1 },
    { [threshold]: 2, i: 1, tail: 1e-3, lo: 9e-4, hi: 2e-3, predicted: 1e-3, refined: null, none: 0.75 },
    { [threshold]: 2, i: 2, tail: 0, lo: 0, hi: 1e-5, predicted: 1e-9, refined: null, none: 0.56 },
  ];
}

const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.vl.yaml'))
  .map((file) => file.slice(0, -'.vl.yaml'.length));

const draw = async (name: string) => {
  const tables: Record<string, Table> = {};
  for (const [input, rows] of Object.entries(TABLES[name])) tables[input] = tableFromRows(rows, undefined, input);
  const spec = await readSpec(readFileSync(join(FOLDER, `${name}.vl.yaml`)), name);
  return { spec, tables, figure: await renderFigure({ spec, tables, formats: ['svg'] }) };
};

/** The printed width of a page of a journal, 17 cm, in CSS pixels. */
const PAGE = 643;

describe('the study’s figures', () => {
  it('are all tried here', () => {
    expect([...names].sort()).toEqual(Object.keys(TABLES).sort());
  });

  it.each(names)(
    '%s draws from the columns that it documents, without a warning, within a page’s width',
    async (name) => {
      const { figure, tables } = await draw(name);
      expect(figure.warnings).toEqual([]);
      const svg = new TextDecoder().decode(figure.files.svg);
      expect(Number(svg.match(/ width="(\d+)"/)?.[1])).toBeLessThanOrEqual(PAGE);
      const head = readFileSync(join(FOLDER, `${name}.vl.yaml`), 'utf8').split('$schema')[0];
      for (const [input, { schema }] of Object.entries(tables)) {
        expect(head).toContain(`# ${input}:`);
        for (const column of Object.keys(schema)) expect(head).toMatch(new RegExp(`^#.*\\b${column}\\b`, 'm'));
      }
    },
  );

  it('draw no tail below what can be resolved', async () => {
    const svg = new TextDecoder().decode((await draw('figure-4')).figure.files.svg);
    expect(svg).toContain('10⁻³');
    expect(svg).not.toContain('10⁻⁵');
  });
});
