import { canonical, compareCodePoints } from '../store/canonical.ts';

/** A leaf in which two plain values differ; a side that lacks it has undefined. */
export interface LeafChange {
  /** `policy.C`, `layer[0].mark`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** The leaves in which two plain values differ, in the order of their paths. Lists without mappings are leaves. */
export function leafChanges(from: unknown, to: unknown, path = ''): LeafChange[] {
  if (isRecord(from) && isRecord(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort(compareCodePoints);
    return names.flatMap((name) => leafChanges(own(from, name), own(to, name), path === '' ? name : `${path}.${name}`));
  }
  if (isListOfRecords(from) && isListOfRecords(to)) {
    const length = Math.max(from.length, to.length);
    return Array.from({ length }, (_, at) => leafChanges(from[at], to[at], `${path}[${at}]`)).flat();
  }
  if (textOf(from) === textOf(to)) return [];
  return [{ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

const own = (record: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOfRecords = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.some(isRecord);

const textOf = (value: unknown): string => (value === undefined ? 'absent' : canonical(value));
