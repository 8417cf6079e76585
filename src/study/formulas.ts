import { mathSpans } from '../typeset/mathSpans.ts';
import { at, isString, type Node, type ScalarNode } from './nodes.ts';
import { type Span, span } from './places.ts';
import type { Problems } from './problems.ts';
import type { StudyFile } from './sources.ts';

/** Texts of a study file that the report sets, formulas and all. */
function textsOf({ root }: StudyFile): ScalarNode[] {
  const claims = at(root, 'claims');
  const stated = claims?.kind === 'map' ? [...claims.entries.values()].map(({ value }) => value) : [];
  const texts: (Node | undefined)[] = [
    ...['title', 'about', 'description'].map((key) => at(root, key)),
    ...stated.flatMap((claim) => ['says', 'note', 'source'].map((key) => at(claim, key))),
  ];
  return texts.filter(isString);
}

/** Reports TeX that cannot be set, at its place. What sets it is loaded only where a text has a formula. */
export async function checkFormulas(files: readonly StudyFile[], problems: Problems): Promise<void> {
  const found = files.flatMap(textsOf).flatMap((node) => mathSpans(String(node.value)).map((math) => ({ node, math })));
  if (found.length === 0) return;
  const { mathml, TexError } = await import('../typeset/mathml.ts');
  for (const { node, math } of found) {
    try {
      mathml(math.tex, math.display);
    } catch (error) {
      if (!(error instanceof TexError)) throw error;
      problems.add({ code: 'tex', at: placeIn(node, math.tex), message: `this TeX cannot be set: ${error.message}` });
    }
  }
}

/** Where a formula was written; folded lines and escapes may have changed it, then the text as a whole. */
function placeIn(node: ScalarNode, tex: string): Span {
  const written = node.source.text.slice(node.start, node.end);
  const [first = ''] = tex.trim().split('\n');
  const offset = written.indexOf(first.trim());
  return offset < 0 ? node : span(node.source, node.start + offset, node.start + offset + first.trim().length);
}
