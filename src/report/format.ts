const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

const signed = (text: string) => text.replace(/^-/, '−');

/** Digits of a whole number in groups of three from five digits on: `9999`, `20,000,000`. */
export function formatCount(count: number): string {
  const grouped = groups(String(Math.abs(count)));
  return count < 0 ? `−${grouped}` : grouped;
}

const groups = (digits: string) => (digits.length < 5 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, ','));

/** `1.5e-16` as people write it: `1.5×10⁻¹⁶`. */
function powerOfTen(scientific: string): string {
  const [mantissa = '', exponent = ''] = scientific.split('e');
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  const raised = [...exponent.replace('+', '')].map((digit) => SUPERSCRIPTS[digit]).join('');
  return signed(`${trimmed}×10${raised}`);
}

/**
 * A number to so many significant digits, without trailing zeros; whole numbers below 10¹² in full. Independent of the
 * locale: toPrecision and toExponential are specified to the digit.
 */
export function formatNumber(value: number, digits = 5): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return formatCount(value);
  const scientific = value.toExponential(digits - 1);
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  if (exponent < -4 || exponent >= 9) return powerOfTen(scientific);
  const fixed = value.toFixed(Math.max(0, digits - 1 - exponent));
  const [whole = '', fraction = ''] = fixed.replace(/^-/, '').split('.');
  const kept = fraction.replace(/0+$/, '');
  return `${value < 0 ? '−' : ''}${groups(whole)}${kept === '' ? '' : `.${kept}`}`;
}

/** A duration in the units that a person would use: `40 ms`, `3.2 s`, `2 min 5 s`, `1 h 3 min`. */
export function formatSeconds(seconds: number): string {
  if (!(seconds >= 0)) return '–';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${(Math.round(seconds * 10) / 10).toString()} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `2026-11-23T03:29:41.000Z` as `23 November 2026, 03:29 UTC`; anything else as it stands. */
export function formatTime(iso: string): string {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$/.exec(iso);
  const month = found === null ? undefined : MONTHS[Number(found[2]) - 1];
  if (found === null || month === undefined) return iso;
  return `${Number(found[3])} ${month} ${found[1]}, ${found[4]} UTC`;
}

/** `1 row`, `3 rows`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** Any value of a table, parameter or result, for reading; `digits` applies to numbers that are not whole. */
export function formatValue(value: unknown, digits = 5): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return formatNumber(value, digits);
  if (typeof value === 'bigint') return signed(value.toString());
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return value.map((item) => formatValue(item, digits)).join(', ');
  return JSON.stringify(value) ?? '–';
}
