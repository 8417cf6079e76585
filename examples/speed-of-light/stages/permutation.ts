import { streamUniform } from 'driftline/science/random/uniform';
import { defineStage, Type, table } from 'driftline/stage';

/** The variance between groups over that within them, for values in the order of their groups. */
function ratio(values: ArrayLike<number>, groups: readonly number[], count: number): number {
  const sums = new Float64Array(count);
  const sizes = new Float64Array(count);
  let total = 0;
  for (let at = 0; at < values.length; at++) {
    sums[groups[at]] += values[at];
    sizes[groups[at]]++;
    total += values[at];
  }
  const mean = total / values.length;
  let between = 0;
  for (let group = 0; group < count; group++) between += sizes[group] * (sums[group] / sizes[group] - mean) ** 2;
  let within = 0;
  for (let at = 0; at < values.length; at++) within += (values[at] - sums[groups[at]] / sizes[groups[at]]) ** 2;
  return between / (count - 1) / (within / (values.length - count));
}

export default defineStage({
  summary: 'Test by permutation whether groups of values have the same mean',
  params: Type.Object(
    {
      group: Type.String({ description: 'Column that tells the groups apart' }),
      value: Type.String({ description: 'Column with the values' }),
      shuffles: Type.Integer({ minimum: 1, description: 'Random assignments of values to groups' }),
    },
    { additionalProperties: false },
  ),
  inputs: { values: table() },
  outputs: { test: table({ groups: 'int32', values: 'int32', F: 'float64', p: 'float64' }) },
  seeded: true,
  run({ params: { group, value, shuffles }, inputs, seed, progress }) {
    const { columns } = inputs.values;
    const given = Array.from(columns[group]);
    const labels = [...new Set(given)];
    const groups = given.map((label) => labels.indexOf(label));
    const values = Float64Array.from(columns[value] as ArrayLike<number>);
    const F = ratio(values, groups, labels.length);
    const uniform = streamUniform(seed, 'shuffles');
    let asLarge = 0;
    for (let shuffle = 0; shuffle < shuffles; shuffle++) {
      for (let last = values.length - 1; last > 0; last--) {
        const at = Math.floor(uniform() * (last + 1));
        [values[last], values[at]] = [values[at], values[last]];
      }
      if (ratio(values, groups, labels.length) >= F) asLarge++;
      if (shuffle % 1000 === 0) progress(shuffle / shuffles);
    }
    // The values as they were measured are one of the assignments, so p is never zero.
    const p = (asLarge + 1) / (shuffles + 1);
    return { test: { groups: [labels.length], values: [values.length], F: [F], p: [p] } };
  },
});
