import type { ActionRecord } from '../store/actions.ts';
import { type ActionNode, MORE } from './graph.ts';

/** Replicates and looks that turned out not to be needed, each with the look that decided it. */
export type NotNeeded = ReadonlyMap<string, string>;

/**
 * The look by which a node is not needed: the one that it hangs on, or that by which this one is not needed itself.
 * Undefined where the node is needed. What it hangs on has to be settled.
 */
export function refusedBy(
  { gate }: ActionNode,
  records: ReadonlyMap<string, ActionRecord>,
  notNeeded: NotNeeded,
): string | undefined {
  if (gate === undefined) return undefined;
  return notNeeded.get(gate) ?? (records.get(gate)!.outputs[MORE] === undefined ? gate : undefined);
}
