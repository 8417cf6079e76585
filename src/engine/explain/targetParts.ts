/** What a target's name says: `stage.output[cells]`, `stage[cell]#replicate`, `stage[cell]#look1`. */
interface TargetParts {
  readonly stage: string;
  readonly output: string | undefined;
  /** `C=2,lambda=0.75`; of a gather, the cells that are gathered where it is not all of them. */
  readonly cell: string | undefined;
  readonly replicate: number | undefined;
  readonly look: number | undefined;
}

/** Takes the name apart that an action had when it was recorded: its stage may be gone from the study since. */
export function partsOf(target: string): TargetParts {
  const [, stage, output, cell, look, at] =
    /^([^.[#]*)(?:\.([^[#]*))?(?:\[(.*)\])?(?:#(look)?(\d+))?$/s.exec(target) ?? [];
  const number = at === undefined ? undefined : Number(at);
  const [replicate, lookAt] = look === undefined ? [number, undefined] : [undefined, number];
  return { stage: stage ?? target, output, cell, replicate, look: lookAt };
}

/** The sort of action in its stage: `stage#` for replicates, `stage#look` for looks, `stage` for cells, `stage.output` for gathers. */
export function sortOf(target: string): string {
  const { stage, output, replicate, look } = partsOf(target);
  return `${stage}${output === undefined ? '' : `.${output}`}${replicate === undefined ? '' : '#'}${look === undefined ? '' : '#look'}`;
}
