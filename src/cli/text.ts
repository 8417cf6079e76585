import { coloured } from './terminal.ts';

/** The escapes that begin and end each style. Node's own styleText asks standard output, whatever stream is meant. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Numbers of all escapes that {@link paint} writes. */
export const STYLE_CODES: readonly number[] = [...new Set(Object.values(STYLES).flat())];

export function paint(
  style: keyof typeof STYLES,
  text: string,
  stream: Pick<NodeJS.WriteStream, 'isTTY'> = process.stdout,
): string {
  const [begin, end] = STYLES[style];
  return coloured(stream) ? `\u001b[${begin}m${text}\u001b[${end}m` : text;
}

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
export const width = (text: string): number => [...text.replace(/\u001b\[[0-9;]*m/g, '')].length;

/** Text of at most so many characters; what is cut ends with an ellipsis. */
export function clip(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  return limit < 1 ? '' : `${characters.slice(0, limit - 1).join('')}…`;
}

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
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

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
