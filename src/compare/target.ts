/** A target taken apart: `stage[C=2]#3`, `stage.output`, `stage.output[C=2 C=3]`, `claim:<id>`. */
export interface TargetParts {
  readonly stage: string;
  /** Of a gathered table. */
  readonly output?: string;
  /** What stands in brackets; empty for a stage without a matrix. */
  readonly cell: string;
  readonly replicate?: number;
}

/** Names of stages and outputs have no punctuation but hyphens; what a cell is called may have any. */
const TARGET = /^((?:claim:)?[^.[#]+)(?:\.([^[#]+))?(?:\[(.*)\])?(?:#(\d+))?$/s;

/** What a target names. Undefined for what is none. */
export function targetParts(target: string): TargetParts | undefined {
  const found = TARGET.exec(target);
  if (found === null) return undefined;
  const [, stage, output, cell, replicate] = found;
  return {
    stage,
    cell: cell ?? '',
    ...(output !== undefined && { output }),
    ...(replicate !== undefined && { replicate: Number(replicate) }),
  };
}
