import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Whether output may be coloured: a terminal, and nobody said NO_COLOR. */
const coloured = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

export const paint = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  coloured(stream) ? styleText(style, text) : text;

/** Lines of columns, each as wide as its widest entry; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[], align: readonly ('left' | 'right')[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((text, at) => {
      widths[at] = Math.max(widths[at] ?? 0, width(text));
    });
  return rows.map((row) =>
    row
      .map((text, at) => {
        const pad = ' '.repeat(widths[at] - width(text));
        if (align[at] === 'right') return pad + text;
        return at === row.length - 1 ? text : text + pad;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Characters shown, without the escapes that colour them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what colours begin with
const width = (text: string): number => [...text.replace(/\u001b\[[0-9;]*m/g, '')].length;

/** Wraps text at spaces. */
export function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** `20 ms`, `0.8 s`, `12 s`, `3 min 20 s`, `1 h 05 min`. */
export function duration(seconds: number): string {
  if (seconds >= 0.0005 && seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A number for reading: six significant digits, without trailing zeros. */
export const number = (value: number): string =>
  Number.isSafeInteger(value) || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(6)));

/** `10,000`. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** `812 B`, `4.1 MB`: powers of a thousand, as in the resources of a stage. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = count;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
