/// <reference lib="dom" />
import type { View } from 'vega';
import { csvOf } from './csv.ts';
import type { Row } from './rows.ts';

/** Pixels of a saved picture for each of the figure's. */
const SHARPNESS = 3;

/** A file that the page makes itself, so that it needs no other one beside it. */
export interface Saved {
  readonly name: string;
  readonly label: string;
  readonly make: () => Promise<Blob>;
}

/** What can be saved of a figure as it is shown now, and of the data behind it. */
export function savedFiles(
  figure: string,
  view: () => View,
  specification: string,
  data: ReadonlyMap<string, readonly Row[]>,
): Saved[] {
  const text = (content: string, type: string) => new Blob([content], { type: `${type};charset=utf-8` });
  return [
    { name: `${figure}.svg`, label: 'SVG', make: async () => text(await view().toSVG(), 'image/svg+xml') },
    { name: `${figure}.png`, label: 'PNG', make: () => picture(view()) },
    { name: `${figure}.vl.json`, label: 'Vega-Lite', make: async () => text(specification, 'application/json') },
    ...[...data].map(([name, rows]) => ({
      name: `${figure}${data.size > 1 ? `.${name}` : ''}.csv`,
      label: data.size > 1 ? `CSV (${name})` : 'CSV',
      make: async () => text(csvOf(rows), 'text/csv'),
    })),
  ];
}

async function picture(view: View): Promise<Blob> {
  const canvas = await view.toCanvas(SHARPNESS);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('the picture is too large')) : resolve(blob)),
      'image/png',
    ),
  );
}

/** Gives a file to the browser to be saved. */
export async function save({ name, make }: Saved): Promise<void> {
  const address = URL.createObjectURL(await make());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
