/**
 * P-values adjusted for their number by Holm's step-down method (S. Holm, Scandinavian Journal of Statistics 6, 1979):
 * rejecting where the adjusted one is at most α makes a single false rejection among all with probability at most α,
 * however the tests depend on each other. In the order given. Throws a RangeError for what is no probability.
 */
export function holmAdjusted(p: readonly number[]): number[] {
  const wrong = p.find((value) => !(value >= 0 && value <= 1));
  if (wrong !== undefined) throw new RangeError(`a p-value must lie between 0 and 1, found ${wrong}`);
  const order = p.map((_, at) => at).sort((a, b) => p[a] - p[b] || a - b);
  const adjusted = new Array<number>(p.length);
  let largest = 0;
  order.forEach((at, rank) => {
    largest = Math.max(largest, Math.min(1, p[at] * (p.length - rank)));
    adjusted[at] = largest;
  });
  return adjusted;
}
