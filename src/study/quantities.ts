const MEMORY: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const TIME: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400 };

export const MEMORY_FORM = 'a size such as 200MB or 2GiB';
export const TIME_FORM = 'a time such as 30s, 10m or 1h30m';

/** Bytes of `200MB`; a number is bytes. */
export function readMemory(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 1 && Number.isInteger(value) ? value : undefined;
  const match = typeof value === 'string' ? /^(\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z]+)$/.exec(value.trim()) : null;
  if (!match || !Object.hasOwn(MEMORY, match[2])) return undefined;
  const bytes = Math.round(Number(match[1]) * MEMORY[match[2]]);
  return bytes >= 1 ? bytes : undefined;
}

/** Seconds of `10m` or `1h30m`; a number is seconds. */
export function readTime(value: unknown): number | undefined {
  if (typeof value === 'number') return value > 0 ? value : undefined;
  if (typeof value !== 'string' || !/^(\d{1,9}(\.\d{1,9})?(ms|[smhd]))+$/.test(value.trim())) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of value.matchAll(/([\d.]+)(ms|[smhd])/g)) seconds += Number(amount) * TIME[unit];
  return seconds > 0 ? seconds : undefined;
}
