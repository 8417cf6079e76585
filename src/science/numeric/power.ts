/**
 * Powers whose bits do not depend on the machine. `x ** y` is V8's own code in some versions of Node and the C library's
 * in others, where its last bit may differ between processors; products, and V8's exp and log, are the same everywhere.
 */

/** x^d for integral d ≥ 0, by squaring. */
export function integerPower(x: number, d: number): number {
  let result = 1;
  let square = x;
  for (let left = d; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** x^y for x > 0, to a few units in the last place times |y ln x|. */
export const realPower = (x: number, y: number): number => Math.exp(y * Math.log(x));
