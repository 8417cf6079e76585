import { canonical, settled } from '../store/canonical.ts';
import { type ActionNode, kindOf, type Source } from './graph.ts';
import { chanceOf, paramsOf, type ResolveContext } from './resolve.ts';

/**
 * Actions that are the same computation under two names, whatever their inputs turn out to be: for each but the first
 * of them, the first's target. Only the first is ever run, so that a forecast names the very actions that a run executes.
 * Who hangs on a look leads nobody, wherever it stands, for it may turn out not to be needed.
 */
export function twins(nodes: readonly ActionNode[], context: Pick<ResolveContext, 'kinds'>): Map<string, string> {
  // Numbers for texts: the same number iff the same text. A digest of each would say the same and take far longer.
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  const identities = new Map<string, number>();
  const first = new Map<number, string>();
  const followers = new Map<string, string>();
  const sourceOf = (source: Source): string =>
    'file' in source
      ? `f${JSON.stringify(source.file)}`
      : `${identities.get(source.node)}${JSON.stringify(source.output)}`;
  const inputsOf = ({ inputs, role }: ActionNode): string => {
    const names = Object.keys(inputs);
    if (role !== 'gather') names.sort();
    let text = '';
    for (const name of names) {
      const sources = inputs[name];
      const list = Array.isArray(sources) ? `[${sources.map(sourceOf).join()}]` : sourceOf(sources as Source);
      text += `${JSON.stringify(name)}:${list};`;
    }
    return text;
  };
  const likes = nodes.map((node) => {
    const { contract, digest } = context.kinds.get(kindOf(node))!;
    const params = canonical(paramsOf(node, contract, node.parts && settled(node.parts)));
    return numberOf(`${numberOf(`${digest} ${node.role}`)}|${numberOf(params)}`);
  });
  const alike = new Map<number, number>();
  for (const like of likes) alike.set(like, (alike.get(like) ?? 0) + 1);
  const identify = (node: ActionNode, like: number): number => {
    if (alike.get(like) === 1) return like; // like nobody in code and parameters, so whatever its inputs are
    const { contract } = context.kinds.get(kindOf(node))!;
    const chance = chanceOf(node, contract, paramsOf(node, contract, node.parts));
    const { files = {}, program } = node.cell ?? {};
    // Each part is framed by what canonical texts, numbers and JSON are; the last one is the only list.
    return numberOf(
      [
        like,
        Object.keys(files).length > 0 || program !== undefined ? numberOf(canonical([files, program?.code ?? []])) : '',
        // Looks decide which replicates there are to combine; whether one is needed changes nothing in the replicate.
        node.looks !== undefined ? identities.get(node.looks.last) : '',
        node.gate !== undefined && node.role === 'decide' ? identities.get(node.gate) : '',
        chance === undefined ? '' : `${numberOf(canonical(chance))}#${node.replicate ?? 0}`,
        inputsOf(node),
      ].join('|'),
    );
  };
  for (const [at, node] of nodes.entries()) {
    const identity = identify(node, likes[at]);
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
