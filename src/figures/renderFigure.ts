import { jsonRows } from '../tables/rows.ts';
import type { Table } from '../tables/table.ts';
import { drawSvg } from './drawSvg.ts';
import { FigureError } from './figureError.ts';
import type { Spec } from './readSpec.ts';
import { dataNames } from './specData.ts';
import { checkFields } from './specFields.ts';
import { themed } from './theme.ts';

export type Format = 'svg' | 'png' | 'pdf' | 'html';

export interface FigureRequest {
  /** A Vega-Lite spec; `data: { name }` refers to a table. */
  readonly spec: Spec;
  readonly tables: Readonly<Record<string, Table>>;
  readonly formats: readonly Format[];
  /** What the spec is called in errors: its file. */
  readonly name?: string;
  /** For readers who cannot see the figure, and the title of a page; default: the spec's description. */
  readonly title?: string;
}

export interface Figure {
  /** The spec with theme and data in it: it draws itself anywhere. */
  readonly vl: string;
  readonly files: Readonly<Partial<Record<Format, Uint8Array>>>;
  /** What Vega-Lite and Vega found odd but drew. */
  readonly warnings: readonly string[];
}

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/** The spec with the theme under its config and the tables that it names as its datasets. */
function selfContained({ spec, tables, title }: FigureRequest): Spec {
  const names = dataNames(spec, Object.keys(tables));
  const datasets = Object.fromEntries(names.map((name) => [name, jsonRows(tables[name])]));
  return {
    $schema: SCHEMA,
    ...(title === undefined ? {} : { description: title }),
    ...spec,
    config: themed(spec.config),
    ...(names.length === 0 ? {} : { datasets: { ...(spec.datasets as object | undefined), ...datasets } }),
  };
}

async function render(request: FigureRequest): Promise<Figure> {
  checkFields(
    request.spec,
    Object.fromEntries(Object.entries(request.tables).map(([name, { schema }]) => [name, schema])),
  );
  const spec = selfContained(request);
  const vl = `${JSON.stringify(spec)}\n`;
  const title = request.title ?? (typeof spec.description === 'string' ? spec.description : 'Figure');
  const drawing = await drawSvg(spec);
  const encode = (text: string) => new TextEncoder().encode(text);
  const files: Partial<Record<Format, Uint8Array>> = {};
  for (const format of request.formats) {
    if (format === 'svg') files.svg = encode(`${drawing.svg}\n`);
    else if (format === 'png') files.png = await (await import('./svgToPng.ts')).svgToPng(drawing.svg);
    else if (format === 'pdf') files.pdf = await (await import('./svgToPdf.ts')).svgToPdf(drawing, title);
    else files.html = encode((await import('./page.ts')).figurePage(vl, title));
  }
  return { vl, files, warnings: drawing.warnings };
}

function inSpec(error: unknown, name: string | undefined): unknown {
  return error instanceof FigureError && name !== undefined ? new FigureError(`${name}: ${error.message}`) : error;
}

/**
 * Draws a figure. The same spec and tables give the same bytes in every format, on every run and machine.
 * @throws {FigureError} for unknown data or columns, data from elsewhere, and what Vega-Lite cannot draw
 */
export async function renderFigure(request: FigureRequest): Promise<Figure> {
  try {
    return await render(request);
  } catch (error) {
    throw inSpec(error, request.name);
  }
}
