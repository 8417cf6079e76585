import type { Node } from './nodes.ts';
import type { Span } from './places.ts';

/** The names and indices of a JSON pointer. */
export const tokensOf = (pointer: string): string[] =>
  pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

export const joinPointer = (pointer: string, token: string | number): string =>
  `${pointer}/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** `policy.C` for `/policy/C`, as people write it. */
export const dotted = (pointer: string): string => tokensOf(pointer).join('.');

export interface Located {
  /** The node that supplied the value: where the pointer leads on below a reference, the text with the reference. */
  readonly node: Node;
  /** The key under which the node stands; absent for items of lists and the root. */
  readonly key?: Span;
}

/** The deepest node on a pointer's way. */
export function locate(root: Node, pointer: string): Located {
  let here: Located = { node: root };
  for (const token of tokensOf(pointer)) {
    const { node } = here;
    if (node.kind === 'map') {
      const entry = node.entries.get(token);
      if (entry === undefined) return here;
      here = { node: entry.value, key: entry.key };
    } else if (node.kind === 'list') {
      const item = node.items[Number(token)];
      if (item === undefined) return here;
      here = { node: item };
    } else return here;
  }
  return here;
}
