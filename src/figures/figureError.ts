/** A figure that cannot be drawn, with the place in its spec. */
export class FigureError extends Error {
  override readonly name = 'FigureError';
}
