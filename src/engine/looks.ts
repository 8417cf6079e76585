/** A look at this many replicates is followed by one at half as many more. */
const next = (replicates: number): number => replicates + Math.ceil(replicates / 2);

/**
 * How many replicates each look of a stage with `until` takes in: from `min` to `max`, growing by one half. Each look
 * widens the intervals of all, so a last step of less than half the usual length is joined to the one before it.
 */
export function plannedLooks(min: number, max: number): number[] {
  const looks = [min];
  for (let at = min; at < max; looks.push(at)) {
    const usual = next(at);
    at = usual >= max || 2 * (max - usual) < next(usual) - usual ? max : usual;
  }
  return looks;
}
