import { formatCount, formatValue, plural } from './format.ts';
import { anchor, html, type Markup, relativeAddress } from './html.ts';
import type { ReportTable } from './model.ts';

/** Rows that stand open before one asks for the rest. */
const SHOWN = 12;

interface TableParts {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows shown at first; the others follow a tick of the box. */
  readonly shown: number;
  readonly types?: readonly string[];
}

const isNumeric = (value: unknown) => typeof value === 'number' || typeof value === 'bigint';

/** A column is set flush right where every value that it has is a number. */
const numericColumns = ({ columns, rows, types }: TableParts): boolean[] =>
  columns.map((_, column) =>
    types?.[column] === undefined
      ? rows.some((row) => isNumeric(row[column])) &&
        rows.every((row) => row[column] === null || isNumeric(row[column]))
      : types[column] === 'int32' || types[column] === 'float64',
  );

/**
 * A table with its caption. Without JavaScript all rows are there and the box shows or hides those after the first;
 * with it the headings sort. A report holds tens of thousands of cells, so rows and cells are written without end tags,
 * which HTML leaves out, and columns of numbers are set right by classes of the table (n1, n2, …), not of each cell.
 */
export function tableOf(parts: TableParts): Markup {
  const { caption, columns, rows, shown } = parts;
  const long = rows.length > shown;
  const classes = [
    long ? 'long' : '',
    ...numericColumns(parts).map((numeric, column) => (numeric ? `n${column + 1}` : '')),
  ];
  return html`${
    long && html`<label class="all"><input type="checkbox"> Show all ${formatCount(rows.length)} rows</label>`
  }<div class="scroll" tabindex="0" role="region" aria-label="Table ${caption}"><table class="${classes.filter((name) => name !== '').join(' ')}" data-sortable>
<caption>${caption}</caption>
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${columns.map((_, column) => html`<td>${formatValue(row[column], 6)}`)}\n`)}</tbody></table></div>`;
}

/** Links to the files of a figure or table, in the order given; addresses that leave the report's folders are dropped. */
export function downloads(files: Readonly<Record<string, string>>, of: string): Markup | null {
  const links = Object.keys(files).flatMap((format) => {
    const address = relativeAddress(files[format]!);
    const name = FORMATS[format] ?? format;
    // What is read aloud begins with what is seen, so that it can be asked for by voice.
    return address === null ? [] : [html`<a href="${address}" aria-label="${name} of ${of}">${name}</a>`];
  });
  return links.length === 0 ? null : html`<span class="downloads">${links.map((link) => html`${link} `)}</span>`;
}

const FORMATS: Readonly<Record<string, string>> = {
  svg: 'SVG',
  png: 'PNG',
  pdf: 'PDF',
  html: 'HTML',
  'vl.json': 'Vega-Lite',
  csv: 'CSV',
  arrow: 'Arrow',
  parquet: 'Parquet',
  json: 'JSON',
};

/** A stage's output: folded, with its size in the summary and links to the whole of it. */
export function tableSection(table: ReportTable): Markup {
  const columns = plural(table.columns.length, 'column');
  const partial = table.rows.length < table.total;
  return html`<details class="table" id="${anchor('table', table.name)}"><summary><code>${table.name}</code> <span class="size">${plural(table.total, 'row')}, ${columns}</span></summary>
<p class="files">${
    partial &&
    html`The first ${formatCount(table.rows.length)} of ${plural(table.total, 'row')}; sorting reorders these. `
  }${downloads(table.files, table.name)}</p>
${tableOf({ caption: table.name, columns: table.columns, rows: table.rows, types: table.types, shown: SHOWN })}
</details>
`;
}
