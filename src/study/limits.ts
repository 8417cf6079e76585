/** Bounds on untrusted YAML. Each is far above what a study needs and far below what hurts. */
export const LIMITS = {
  bytes: 1_000_000,
  /** Maps and lists inside one another. */
  depth: 64,
  /** Nodes after aliases are written out. */
  nodes: 100_000,
  /** Words, marks and gaps of the text; what the parser's time grows with. */
  lexemes: 400_000,
  aliases: 1000,
};
