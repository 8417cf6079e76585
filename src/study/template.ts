/** A `${root.path}` inside a string. */
export interface Reference {
  /** As written, with its braces. */
  readonly raw: string;
  /** Which `${` of the string it is, counting escaped ones. */
  readonly index: number;
  readonly root: string;
  readonly path: readonly string[];
  /** What is wrong with how it is written. */
  readonly wrong?: string;
}

export type Part = string | Reference;

const MARK = /\$\$\{|\$\{([^}]*)(\}?)/g;
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u;

/** Texts and references of a string in order; `$${` is a literal `${`. A string without `${` is one text. */
export function readTemplate(text: string): readonly Part[] {
  if (!text.includes('${')) return [text];
  const parts: Part[] = [];
  let literal = '';
  let last = 0;
  let index = 0;
  for (const match of text.matchAll(MARK)) {
    literal += text.slice(last, match.index);
    last = match.index + match[0].length;
    if (match[0] === '$${') literal += '${';
    else {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(readReference(match[0], match[1], match[2] === '}', index));
    }
    index++;
  }
  literal += text.slice(last);
  if (literal !== '' || parts.length === 0) parts.push(literal);
  return parts;
}

function readReference(raw: string, inside: string, closed: boolean, index: number): Reference {
  const [root, ...path] = inside.trim().split('.');
  const reference = { raw, index, root, path };
  if (!closed) return { ...reference, wrong: 'is not closed with }' };
  if (![root, ...path].every((name) => NAME.test(name))) return { ...reference, wrong: 'is not a name' };
  return reference;
}

/** The reference that a string consists of alone; its value keeps its type. */
export function soleReference(parts: readonly Part[]): Reference | undefined {
  const [only] = parts;
  return parts.length === 1 && typeof only !== 'string' ? only : undefined;
}
