import type { ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import { type ActionNode, outputOf } from './graph.ts';

/**
 * What a lock holds of some results: `stage.output` for each gathered table, `stage[cell].output` for each figure and
 * other file. All else follows from these or is only on the way to them. What has no record yet is pending.
 */
export function lockEntries(
  nodes: Iterable<ActionNode>,
  records: ReadonlyMap<string, ActionRecord>,
): { readonly results: Map<string, Digest>; readonly pending: Set<string> } {
  const results = new Map<string, Digest>();
  const pending = new Set<string>();
  for (const node of nodes) {
    const record = records.get(node.target);
    for (const [name, output] of lockedOutputs(node)) {
      const stored = record?.outputs[output];
      if (record === undefined) pending.add(name);
      else if (stored !== undefined) results.set(name, stored.digest);
    }
  }
  return { results, pending };
}

/** Names in the lock, each with the output of the node that it stands for. */
function lockedOutputs(node: ActionNode): (readonly [name: string, output: string])[] {
  const { stage, role, target } = node;
  if (stage.name.startsWith('claim:') || node.replicate !== null || role === 'decide') return [];
  if (role === 'gather') {
    // Parts of a stage's cells are gathered for one reader.
    return target === `${stage.name}.${outputOf(target, stage.name)}` ? [[target, 'table']] : [];
  }
  return Object.entries(stage.outputs).flatMap(([output, port]) =>
    port.type === 'file' ? [[`${target}.${output}`, output] as const] : [],
  );
}
