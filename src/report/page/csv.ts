/** The columns of rows, in the order in which they first come. */
export function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
  return [...columns];
}

/** Text that would be read as something else, or end its field, unless it is quoted. */
const needsQuotes = (text: string): boolean =>
  text.trim() !== text ||
  text === '' ||
  !Number.isNaN(Number(text)) ||
  /[",\r\n]|^(?:true|false|nan|-?inf)$/i.test(text);

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function field(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return needsQuotes(value) ? quoted(value) : value;
  return typeof value === 'object' ? quoted(JSON.stringify(value)) : String(value);
}

/** Rows as CSV with a heading (RFC 4180); numbers to the last digit, missing values empty. */
export function csvOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = columnsOf(rows);
  const heading = columns.map((name) => (/[",\r\n]/.test(name) ? quoted(name) : name));
  const lines = rows.map((row) => columns.map((name) => field(row[name])));
  return [heading, ...lines].map((line) => `${line.join(',')}\n`).join('');
}
