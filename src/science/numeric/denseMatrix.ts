/** The product of two square matrices, row by row. Skips the zeros of the first, of which banded ones are full. */
export function multiply(x: Float64Array, y: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = x[i * size + k];
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) product[i * size + j] += factor * y[k * size + j];
    }
  }
  return product;
}
