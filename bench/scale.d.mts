/** Medians of one thing done by one tool on one DAG. */
export interface ScaleRow {
  readonly tool: string;
  readonly cells: number;
  readonly what: string;
  readonly rounds: number;
  /** Wall time. */
  readonly seconds: number;
  /** Of the process and its children; absent without GNU time, as is the next one. */
  readonly cpuSeconds?: number;
  /** The largest resident memory of one process. */
  readonly mebibytes?: number;
}

export interface ScaleRatio {
  readonly cells: number;
  readonly what: string;
  readonly against: string;
  readonly ratio: number;
}

export interface LinearFit {
  readonly start: number;
  readonly perCell: number;
  readonly largestDeviation: number;
}

export interface FitOf {
  readonly tool: string;
  readonly what: string;
  readonly time: 'seconds' | 'cpuSeconds';
}

export interface ScaleResult {
  readonly rows: readonly ScaleRow[];
  readonly ratios: readonly ScaleRatio[];
  /** By `time`: of wall time, and where it is known of processor time. */
  readonly fits: readonly (LinearFit & FitOf)[];
  /** Tools that are not installed. */
  readonly missing: readonly string[];
}

export function benchScale(options?: {
  sizes?: readonly number[];
  rounds?: (cells: number) => number;
  tools?: readonly string[];
  say?: (line: string) => void;
}): Promise<ScaleResult>;
export function ratiosOf(rows: readonly ScaleRow[]): ScaleRatio[];
export function linearFit(points: readonly (readonly number[])[]): LinearFit;
export function linesOf(result: ScaleResult): string[];
