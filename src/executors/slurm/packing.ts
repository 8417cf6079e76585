/** What packing needs to know of an action. */
export interface Packable {
  /** Seconds that it is expected to take; absent where nothing is known. */
  readonly seconds?: number | undefined;
  /** It has to have a job of its own. */
  readonly alone?: boolean;
}

/** More actions than this share no job: what a job that dies had not told is done again. */
export const MOST_PACKED = 1000;

/**
 * Shares actions out to jobs, in their order: as many to one as take about `seconds` together. An action that is longer,
 * of which nothing is known, or that has to be alone, has a job of its own. Gives the places of each job's actions.
 */
export function pack(actions: readonly Packable[], seconds: number, most = MOST_PACKED): number[][] {
  const packs: number[][] = [];
  let open: number[] | undefined;
  let sum = 0;
  actions.forEach((action, at) => {
    const takes = action.alone ? Number.POSITIVE_INFINITY : (action.seconds ?? Number.POSITIVE_INFINITY);
    if (open !== undefined && sum + takes <= seconds && open.length < most) {
      open.push(at);
      sum += takes;
      return;
    }
    const own = [at];
    packs.push(own);
    if (takes > seconds) return; // the pack that is open may take a shorter one that comes later
    open = own;
    sum = takes;
  });
  return packs;
}
