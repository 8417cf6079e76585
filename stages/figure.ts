import { Type } from '@sinclair/typebox';
import { defineStage, file, optional, table } from '../src/engine/stage.ts';
import type { Format } from '../src/figures/renderFigure.ts';
import type { Table } from '../src/tables/table.ts';

const format = Type.Union((['svg', 'png', 'pdf', 'html'] as const).map((name) => Type.Literal(name)));

export default defineStage({
  summary: 'Draw a Vega-Lite spec; its data names are the stage’s inputs',
  params: Type.Object(
    {
      spec: Type.String({ 'x-driftline': 'file', description: 'A Vega-Lite spec in YAML or JSON' }),
      formats: Type.Array(format, {
        default: ['svg', 'png', 'pdf'],
        uniqueItems: true,
        description: 'Files to write beside the self-contained spec',
      }),
      title: Type.Optional(Type.String({ description: 'Says what the figure shows to readers who cannot see it' })),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  otherInputs: table(),
  outputs: {
    vl: file('vl.json'),
    svg: optional(file('svg')),
    png: optional(file('png')),
    pdf: optional(file('pdf')),
    html: optional(file('html')),
  },
  async run({ params, inputs, files }) {
    // Vega and its renderers take long to load, and reading a study needs none of them.
    const { readSpec } = await import('../src/figures/readSpec.ts');
    const { renderFigure } = await import('../src/figures/renderFigure.ts');
    const figure = await renderFigure({
      spec: await readSpec(files['/spec'], params.spec),
      name: params.spec,
      tables: inputs as Readonly<Record<string, Table>>,
      formats: params.formats as readonly Format[],
      ...(params.title === undefined ? {} : { title: params.title }),
    });
    return { vl: new TextEncoder().encode(figure.vl), ...figure.files };
  },
});
