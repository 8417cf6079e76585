import { type Digest, digestOf } from '../store/canonical.ts';
import { type ActionNode, kindOf, type Source } from './graph.ts';
import { paramsOf, type ResolveContext, seedFor } from './resolve.ts';

/**
 * Actions that are the same computation under two names, whatever their inputs turn out to be: for each but the first
 * of them, the first's target. Only the first is ever run, so that a forecast names the very actions that a run executes.
 * Who hangs on a look leads nobody, wherever it stands, for it may turn out not to be needed.
 */
export function twins(
  nodes: readonly ActionNode[],
  context: Pick<ResolveContext, 'plan' | 'kinds'>,
): Map<string, string> {
  const identities = new Map<string, Digest>();
  const first = new Map<Digest, string>();
  const followers = new Map<string, string>();
  const sourceOf = (source: Source): string =>
    'file' in source ? `file ${source.file}` : `${identities.get(source.node)} ${source.output}`;
  for (const node of nodes) {
    const kind = context.kinds.get(kindOf(node))!;
    const params = paramsOf(node, kind.contract, node.parts);
    const identity = digestOf('twin', {
      code: kind.digest,
      role: node.role,
      params,
      files: node.cell?.files ?? {},
      program: node.cell?.program?.code ?? [],
      // Looks decide which replicates there are to combine; whether one is needed changes nothing in the replicate.
      ...(node.looks !== undefined && { looks: identities.get(node.looks.last) }),
      ...(node.gate !== undefined && node.role === 'decide' && { gate: identities.get(node.gate) }),
      seed: seedFor(node, kind.contract, context.plan.seed, params),
      inputs: Object.fromEntries(
        Object.entries(node.inputs).map(([name, source]) => [
          name,
          Array.isArray(source) ? source.map(sourceOf) : sourceOf(source as Source),
        ]),
      ),
    });
    identities.set(node.target, identity);
    if (node.gate !== undefined) continue;
    const known = first.get(identity);
    if (known === undefined) first.set(identity, node.target);
    else followers.set(node.target, known);
  }
  for (const { gate, target } of nodes) {
    const leader = gate === undefined ? undefined : first.get(identities.get(target)!);
    if (leader !== undefined) followers.set(target, leader);
  }
  return followers;
}
