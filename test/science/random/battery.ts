/** A statistic that is standard normal, nearly, for a good generator: its distance from what is expected in deviations. */
export type Battery = Readonly<Record<string, number>>;

/** Uniform 32-bit words. */
type Words = () => number;

const normalFromChiSquare = (chiSquare: number, df: number): number =>
  // Wilson and Hilferty, PNAS 17, 1931
  (Math.cbrt(chiSquare / df) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df));

function chiSquare(observed: ArrayLike<number>, expected: (cell: number) => number): number {
  let sum = 0;
  for (let cell = 0; cell < observed.length; cell++) sum += (observed[cell] - expected(cell)) ** 2 / expected(cell);
  return normalFromChiSquare(sum, observed.length - 1);
}

/** Tests after Knuth, The Art of Computer Programming 2, §3.3.2, and Marsaglia's birthday spacings, on `length` words each. */
export function battery(next: Words, length: number): Battery {
  return {
    'equidistribution, high bits': frequency(next, length, (word) => word >>> 24),
    'equidistribution, low bits': frequency(next, length, (word) => word & 255),
    'serial, pairs': pairs(next, length),
    'serial correlation': correlation(next, length),
    gaps: gaps(next, length),
    'runs up': runsUp(next, length),
    'bits of a word': bits(next, length),
    'birthday spacings': birthdaySpacings(next, Math.floor(length / 512)),
  };
}

function frequency(next: Words, length: number, cellOf: (word: number) => number): number {
  const counts = new Float64Array(256);
  for (let k = 0; k < length; k++) counts[cellOf(next())]++;
  return chiSquare(counts, () => length / 256);
}

function pairs(next: Words, length: number): number {
  const counts = new Float64Array(1024);
  for (let k = 0; k < length; k += 2) counts[(next() >>> 27) * 32 + (next() >>> 27)]++;
  return chiSquare(counts, () => length / 2 / 1024);
}

function correlation(next: Words, length: number): number {
  let [sum, last] = [0, next() * 2 ** -32 - 0.5];
  for (let k = 1; k < length; k++) {
    const u = next() * 2 ** -32 - 0.5;
    sum += last * u;
    last = u;
  }
  return (sum * 12) / Math.sqrt(length - 1); // each product has variance 1/144
}

/** Draws between visits to the lowest sixteenth. */
function gaps(next: Words, length: number): number {
  const counts = new Float64Array(33);
  let [gap, visits] = [0, 0];
  for (let k = 0; k < length; k++) {
    if (next() >>> 28 !== 0) gap++;
    else {
      counts[Math.min(32, gap)]++;
      visits++;
      gap = 0;
    }
  }
  return chiSquare(counts, (cell) => visits * (15 / 16) ** cell * (cell < 32 ? 1 / 16 : 1));
}

/** Lengths of ascents, the word after each thrown away so that they are independent: P(length ≥ r) = 1/r!. */
function runsUp(next: Words, length: number): number {
  const counts = new Float64Array(6);
  let total = 0;
  for (let used = 0; used < length; total++) {
    let run = 0;
    for (let last = -1, word = next(); word > last; run++, used++) {
      last = word;
      word = next();
    }
    used++;
    counts[Math.min(6, run) - 1]++;
  }
  const factorial = [1, 1, 2, 6, 24, 120, 720];
  return chiSquare(counts, (cell) => total * (1 / factorial[cell + 1] - (cell < 5 ? 1 / factorial[cell + 2] : 0)));
}

function bits(next: Words, length: number): number {
  const counts = new Float64Array(33);
  for (let k = 0; k < length; k++) {
    let word = next();
    let ones = 0;
    for (; word !== 0; word = (word & (word - 1)) >>> 0) ones++;
    counts[ones]++;
  }
  const expected = new Float64Array(33);
  for (let ones = 0, choose = 1; ones <= 32; choose = (choose * (32 - ones)) / ++ones) {
    expected[ones] = (length * choose) / 2 ** 32;
  }
  // Cells with few are taken together.
  const pooled = (of: ArrayLike<number>): number[] =>
    Array.from({ length: 17 }, (_, c) => {
      const ones = c + 8;
      if (c === 0)
        return Array.from(of)
          .slice(0, 9)
          .reduce((a, b) => a + b, 0);
      if (c === 16)
        return Array.from(of)
          .slice(24)
          .reduce((a, b) => a + b, 0);
      return of[ones];
    });
  const means = pooled(expected);
  return chiSquare(pooled(counts), (cell) => means[cell]);
}

/** 512 birthdays in a year of 2^24 days: repeated spacings are Poisson with mean 512³/(4·2^24) = 2; summed over rounds. */
function birthdaySpacings(next: Words, rounds: number): number {
  let repeated = 0;
  for (let round = 0; round < rounds; round++) {
    const days = Array.from({ length: 512 }, () => next() >>> 8).sort((a, b) => a - b);
    const spacings = days.map((day, k) => day - (k > 0 ? days[k - 1] : 0)).sort((a, b) => a - b);
    for (let k = 1; k < 512; k++) if (spacings[k] === spacings[k - 1]) repeated++;
  }
  return (repeated - 2 * rounds) / Math.sqrt(2 * rounds);
}
