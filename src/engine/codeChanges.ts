import { compareCodePoints, digestOf } from '../store/canonical.ts';
import type { CodeChange } from '../store/statements.ts';
import type { LoadedKind } from './kinds.ts';
import type { CodeOfAction } from './origins.ts';

type Parts = Readonly<Record<string, string>>;

/** Of what is recorded about a kind's code. */
interface Explained {
  readonly sources?: Parts;
  readonly packages?: Parts;
}

/** The source files, packages and runtime in which the code of two actions differs. */
export function codeChanges(
  from: CodeOfAction,
  to: CodeOfAction,
  before: Explained | undefined,
  kind: LoadedKind,
): CodeChange[] {
  const changes = [
    ...compare('source', before?.sources ?? {}, kind.sources),
    ...compare('package', before?.packages ?? {}, kind.packages),
  ];
  // Nothing is recorded of the former code, or it is the bundler that is another.
  const unknown = [{ what: 'code' as const, name: kind.uses, from: from.code, to: to.code }];
  const inKind = before === undefined || changes.length === 0 ? unknown : changes;
  return [
    ...(from.code === to.code ? [] : inKind),
    ...compare('source', withoutPrefix(from.files), withoutPrefix(to.files)),
    ...(from.runtime === to.runtime
      ? []
      : [{ what: 'runtime' as const, name: 'node', from: major(from.runtime), to: major(to.runtime) }]),
  ];
}

/** Tells two changes apart. */
export const changeId = (from: CodeOfAction, to: CodeOfAction): string => digestOf('code-change', { from, to });

function compare(what: CodeChange['what'], from: Parts, to: Parts): CodeChange[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort(compareCodePoints);
  return names
    .filter((name) => from[name] !== to[name])
    .map((name) => ({ what, name, from: from[name] ?? null, to: to[name] ?? null }));
}

const withoutPrefix = (files: Parts): Parts =>
  Object.fromEntries(Object.entries(files).map(([pointer, digest]) => [pointer.slice('/code/'.length), digest]));

const major = (runtime: string): string => runtime.replace(/^node /, '');
