import { canonical } from '../../store/canonical.ts';

/** One leaf in which two values differ; a side on which there is nothing is absent. */
export interface Difference {
  /** Dotted: `policy.C`, `verbs.0.derive`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** The leaves in which two plain values differ. Lists of different lengths differ as a whole. */
export function differences(from: unknown, to: unknown, path = ''): Difference[] {
  const [before, now] = [from, to].map(branchOf);
  if (before !== undefined && now !== undefined && areComparable(before, now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...names].flatMap((name) =>
      differences(own(before, name), own(now, name), path === '' ? name : `${path}.${name}`),
    );
  }
  if (isSame(from, to)) return [];
  return [{ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

/** How many {@link differences} there are. */
export function distance(from: unknown, to: unknown): number {
  const before = branchOf(from);
  const now = branchOf(to);
  if (before === undefined || now === undefined || !areComparable(before, now)) return isSame(from, to) ? 0 : 1;
  let sum = 0;
  for (const name of Object.keys(before)) sum += distance(before[name], own(now, name));
  for (const name of Object.keys(now)) if (!Object.hasOwn(before, name)) sum++;
  return sum;
}

type Branch = Readonly<Record<string, unknown>>;

/** A parameter may be called `constructor`. */
const own = (branch: Branch, name: string): unknown => (Object.hasOwn(branch, name) ? branch[name] : undefined);

const branchOf = (value: unknown): Branch | undefined =>
  typeof value === 'object' && value !== null ? (value as Branch) : undefined;

/** Objects are compared by their members, and lists of one length. */
function areComparable(from: Branch, to: Branch): boolean {
  if (!Array.isArray(from) && !Array.isArray(to)) return true;
  return Array.isArray(from) && Array.isArray(to) && from.length === to.length;
}

function isSame(from: unknown, to: unknown): boolean {
  if (Object.is(from, to)) return true;
  return typeof from === 'object' && typeof to === 'object' && canonical(from) === canonical(to);
}
