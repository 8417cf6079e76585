import { canonical } from '../../store/canonical.ts';
import type { Cause, Finding } from './cause.ts';

/** A root cause, with all actions in which it was found. */
export interface Root {
  /** Equal causes of many actions are one; of new cells, gone replicates and the like, `members` names each. */
  readonly cause: Cause;
  readonly members: readonly (string | number)[];
  readonly actions: number;
  /** Actions by stage, in the order in which they were met. */
  readonly stages: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly example: string;
  /** From the example to what was asked about, both included. */
  readonly path: readonly string[];
}

interface Gathered {
  readonly cause: Cause;
  readonly members: Set<string | number>;
  readonly stages: Map<string, number>;
  readonly example: Finding;
}

/**
 * Groups what findings end in: each cause once, however many actions it changed. What went wrong comes first, that
 * something is new last; else those nearest to what was asked about come first.
 */
export function rootsOf(findings: readonly Finding[]): Root[] {
  const byTarget = new Map(findings.map((finding) => [finding.target, finding]));
  const gathered = new Map<string, Gathered>();
  for (const finding of findings) {
    for (const cause of finding.causes) {
      const { name, member } = sameness(cause);
      let group = gathered.get(name);
      if (group === undefined) {
        group = { cause, members: new Set(), stages: new Map(), example: finding };
        gathered.set(name, group);
      }
      if (member !== undefined) group.members.add(member);
      group.stages.set(finding.stage, (group.stages.get(finding.stage) ?? 0) + 1);
    }
  }
  const ordered = [...gathered.values()].sort((a, b) => rankOf(a.cause) - rankOf(b.cause));
  return ordered.map(({ cause, members, stages, example }) => ({
    cause,
    members: [...members],
    actions: [...stages.values()].reduce((sum, count) => sum + count, 0),
    stages: Object.fromEntries(stages),
    example: example.target,
    path: pathOf(example, byTarget),
  }));
}

const rankOf = ({ kind }: Cause): number => {
  if (kind === 'failed' || kind === 'missing') return 0;
  return kind === 'first' ? 2 : 1;
};

/** Causes of one name are one root; where they differ in a member only, it lists them. */
function sameness(cause: Cause): { readonly name: string; readonly member?: string | number } {
  switch (cause.kind) {
    case 'cell':
      return { name: canonical({ ...cause, cell: null }), member: cause.cell };
    case 'replicate':
      return { name: canonical({ ...cause, replicate: null }), member: cause.replicate };
    case 'look':
      return { name: canonical({ ...cause, look: null }), member: cause.look };
    case 'lost':
      return { name: canonical({ ...cause, outputs: null }), member: cause.outputs.join(', ') };
    case 'failed':
      return { name: canonical({ ...cause, target: null }), member: cause.target };
    default:
      return { name: canonical(cause) };
  }
}

function pathOf(from: Finding, byTarget: ReadonlyMap<string, Finding>): string[] {
  const path = [from.target];
  for (let at = from; at.via !== undefined; ) {
    path.push(at.via);
    at = byTarget.get(at.via)!;
  }
  return path;
}
