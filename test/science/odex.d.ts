/** odex ships its sources as types, which do not compile under this project's settings: the part that tests use. */
export class Solver {
  constructor(dimension: number);
  absoluteTolerance: number;
  relativeTolerance: number;
  solve(slope: (x: number, y: number[]) => number[], x0: number, y0: number[], x1: number): { y: number[] };
}
