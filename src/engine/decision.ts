import type { ActionRecord } from '../store/actions.ts';
import type { Cas } from '../store/cas.ts';
import { decodeArrow } from '../tables/arrow.ts';
import { jsonRows } from '../tables/rows.ts';
import { DECISION } from './graph.ts';

/** What a look found; the row of its table. */
export interface Decision {
  readonly look: number;
  readonly replicates: number;
  readonly mean: number;
  readonly halfWidth: number;
  /** Half-width over the mean's absolute value; null for a mean of 0. */
  readonly relative: number | null;
  /** Of this look's interval. */
  readonly confidence: number;
  readonly verdict: 'stop' | 'go on' | 'max reached';
}

/** Reads a look's decision. Throws a BlobError where it is gone or damaged. */
export const readDecision = ({ outputs }: ActionRecord, cas: Cas): Decision =>
  jsonRows(decodeArrow(cas.get(outputs[DECISION].digest)))[0] as unknown as Decision;
