const LONGEST = 64;
/** Pairs of letters that are compared for one name: thousands of names of usual length. */
const MOST = 1_000_000;

/**
 * The candidate that a misspelt name was most likely meant to be: the least number of inserted, deleted, changed or
 * swapped letters, at most a third of the name's length (but one is always allowed); ties go to the first in the
 * order of `<`.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  let compared = 0;
  for (const candidate of candidates) {
    if (compared > MOST) break;
    if (candidate === name || candidate.length > LONGEST || Math.abs(candidate.length - name.length) > least) continue;
    compared += name.length * candidate.length;
    const distance =
      candidate.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name.toLowerCase(), candidate.toLowerCase());
    // A letter is not a misspelling of another letter: something must have been right.
    if (distance >= Math.max(name.length, candidate.length)) continue;
    if (distance < least || (distance === least && best !== undefined && candidate < best)) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Optimal string alignment distance (Damerau–Levenshtein without edits inside a swap). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(previous[j] + 1, row[j - 1] + 1, change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length];
}

/** `; did you mean x? (there are: x, y)`, for the end of a message about an unknown name. */
export function suggestion(name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  const list = known.length > 0 ? ` (there are: ${known.join(', ')})` : '';
  return close === undefined ? list : `; did you mean ${close}?${list}`;
}
