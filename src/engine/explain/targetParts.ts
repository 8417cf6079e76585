/** What a target's name says: `stage.output[cells]`, `stage[cell]#replicate`. */
interface TargetParts {
  readonly stage: string;
  readonly output: string | undefined;
  /** `C=2,lambda=0.75`; of a gather, the cells that are gathered where it is not all of them. */
  readonly cell: string | undefined;
  readonly replicate: number | undefined;
}

/** Takes the name apart that an action had when it was recorded: its stage may be gone from the study since. */
export function partsOf(target: string): TargetParts {
  const [, stage, output, cell, replicate] = /^([^.[#]*)(?:\.([^[#]*))?(?:\[(.*)\])?(?:#(\d+))?$/s.exec(target) ?? [];
  return { stage: stage ?? target, output, cell, replicate: replicate === undefined ? undefined : Number(replicate) };
}

/** The sort of action in its stage: `stage#` for replicates, `stage` for cells, `stage.output` for gathers. */
export function sortOf(target: string): string {
  const { stage, output, replicate } = partsOf(target);
  return `${stage}${output === undefined ? '' : `.${output}`}${replicate === undefined ? '' : '#'}`;
}
