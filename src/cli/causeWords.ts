import type { Root } from '../engine/explain/roots.ts';

/** Members of a root cause that are named. */
const NAMED = 6;

/** A root cause in one line, without where it was found. */
export function causeWords({ cause, members, stages }: Root): string {
  switch (cause.kind) {
    case 'parameter':
      return `params.${cause.path}: ${side(cause.from)} → ${side(cause.to)}`;
    case 'rule':
      return cause.path === 'looks'
        ? `looks planned ${cause.from ?? 'never'} → ${cause.to ?? 'never'}`
        : `${cause.path}: ${side(cause.from)} → ${side(cause.to)}`;
    case 'source':
      return `code: ${cause.path} ${became(cause)}`;
    case 'package':
      return `package ${cause.name}: ${side(cause.from)} → ${side(cause.to)}`;
    case 'uses':
      return `uses: ${cause.from} → ${cause.to}`;
    case 'code':
      return cause.bundler
        ? 'code: bundled otherwise, by another version of the bundler; its sources and packages are the same'
        : 'code: another version; what it was made of is not recorded';
    case 'runtime':
      return `runtime: ${cause.from} → ${cause.to}`;
    case 'format':
      return `format of keys: ${cause.from} → ${cause.to}, by another version of Driftline`;
    case 'seed':
      return cause.from === undefined
        ? `seed of the study: it is ${side(cause.to)} now`
        : `seed of the study: ${side(cause.from)} → ${side(cause.to)}`;
    case 'file':
      return `file ${cause.path} ${became(cause)}`;
    case 'port':
      return `input ${cause.input}: handed over as ${cause.from} → ${cause.to}`;
    case 'input':
      return cause.change === 'new'
        ? `input ${cause.input} is new${cause.target === undefined ? '' : `, from ${cause.target}`}`
        : `input ${cause.input} is gone`;
    case 'rebound':
      return `input ${cause.input}: ${cause.from} → ${cause.to}`;
    case 'contents':
      return `contents of input ${cause.input}: ${side(cause.from)} → ${side(cause.to)}; what made it before is not recorded`;
    case 'cell':
      return `${cause.stage}: ${named(members)} ${members.length === 1 ? 'is' : 'are'} ${cause.change}`;
    case 'replicate':
    case 'look': {
      const one = members.length === 1;
      return `${cause.stage}: ${cause.kind}${one ? '' : 's'} ${ranges(members as number[])} ${one ? 'is' : 'are'} ${cause.change}`;
    }
    case 'order':
      return `${cause.stage}: its cells stand in another order`;
    case 'lost':
      return `done by run ${cause.run}, but the store no longer holds ${members.join(', ')}`;
    case 'unrecorded':
      return cause.run === undefined
        ? 'done before under this very key, but its record is gone or damaged'
        : `done by run ${cause.run} under this very key, but the record or the result was gone or damaged`;
    case 'taken-back':
      return `run ${cause.run} took an accepted result for it, but statement ${side(cause.statement)} was taken back or is gone`;
    case 'failed':
      return `failed in run ${cause.run}: ${cause.message}`;
    case 'missing':
      return cause.message;
    case 'first':
      return `never computed before: ${named(Object.keys(stages))}`;
  }
}

const became = ({ from, to }: { readonly from?: string; readonly to?: string }): string =>
  from === undefined ? 'is new' : to === undefined ? 'is gone' : 'changed';

/** One side of a difference: digests cut short, long values cut. */
function side(value: unknown): string {
  if (value === undefined) return 'none';
  const text = JSON.stringify(value);
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 12);
  if (typeof value === 'string' && /^[\w.@/+-]+$/.test(value) && value.length <= 80) return value;
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

const named = (members: readonly (string | number)[]): string =>
  members.length <= NAMED
    ? members.join(', ')
    : `${members.slice(0, NAMED).join(', ')} and ${members.length - NAMED} more`;

/** `3, 20 to 39`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(', ');
}
