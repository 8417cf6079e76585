import type { Digest } from '../../store/canonical.ts';
import { Checkpoints } from '../../store/checkpoints.ts';
import type { History } from '../explain/history.ts';
import { sortOf } from '../explain/targetParts.ts';
import type { Forecast } from '../forecast.ts';
import { type ActionNode, kindOf } from '../graph.ts';
import { growthOf } from '../growth.ts';
import { type ResolveContext, resolveAction } from '../resolve.ts';

/**
 * Which earlier actions an estimate is made of, the nearest there are: the same action, when its result was lost; those
 * of the same cell, the same stage, the same kind; or none.
 */
export type Basis = 'itself' | 'cell' | 'stage' | 'kind' | 'unknown';

export interface Estimate {
  /** Absent where the basis is unknown. */
  readonly seconds?: number;
  readonly basis: Basis;
  /** The parameter in proportion to which the time was taken, of an action that grows. */
  readonly grows?: string;
}

interface Sample {
  readonly key: Digest;
  readonly seconds: number;
  readonly from: number;
}

/** Estimates how long actions take by what earlier ones took. */
export class Durations {
  readonly #history: History;
  readonly #context: Omit<ResolveContext, 'record'>;
  readonly #checkpoints: Checkpoints;
  readonly #pools = new Map<string, Sample[]>();
  readonly #medians = new Map<string, number | undefined>();
  #kindsSampled = false;

  constructor(history: History, context: Omit<ResolveContext, 'record'>) {
    this.#history = history;
    this.#context = context;
    this.#checkpoints = new Checkpoints(context.storeRoot);
    for (const [key, { target, seconds, from = 0 }] of history.records()) {
      const sample = { key, seconds, from };
      this.#add(`cell ${cellOf(target)}`, sample);
      this.#add(`stage ${sortOf(target)}`, sample);
    }
  }

  /**
   * The median time of the nearest earlier actions. Where an action grows: of those among them that went the most
   * similar way, their median time by its length, times the way that is to go, less what a checkpoint saves.
   */
  of(item: Forecast): Estimate {
    const { node } = item;
    const known = item.state === 'run' && item.key !== undefined ? this.#history.record(item.key) : undefined;
    const grows = node.role === 'run' ? this.#context.kinds.get(node.stage.uses)?.contract.grows : undefined;
    if (known !== undefined && grows === undefined) return { seconds: known.seconds, basis: 'itself' };
    const way = grows === undefined ? undefined : this.#wayOf(node, grows);
    for (const [basis, pool] of this.#poolsOf(node)) {
      if (grows === undefined || way === undefined) {
        const seconds = this.#once(pool, () => median(this.#samples(pool).map((sample) => sample.seconds)));
        if (seconds !== undefined) return { seconds, basis };
      } else {
        const rate = this.#once(`${pool} ${grows} ${way}`, () => this.#rate(pool, grows, way));
        if (rate !== undefined) return { seconds: rate * way, basis, grows };
      }
    }
    return { basis: 'unknown' };
  }

  *#poolsOf(node: ActionNode): Iterable<readonly [Basis, string]> {
    yield ['cell', `cell ${cellOf(node.target)}`];
    yield ['stage', `stage ${sortOf(node.target)}`];
    this.#sampleKinds();
    yield ['kind', `kind ${kindOf(node)} ${node.role === 'combine' ? 'combine' : 'run'}`];
  }

  /** Kinds stand in manifests, which are only read for an action whose stage is new. */
  #sampleKinds(): void {
    if (this.#kindsSampled) return;
    this.#kindsSampled = true;
    for (const [key, { seconds, from = 0 }] of this.#history.records()) {
      const manifest = this.#history.manifest(key);
      const kind = manifest && this.#history.code(manifest.code)?.kind;
      if (kind !== undefined) this.#add(`kind ${kind} ${manifest!.entry}`, { key, seconds, from });
    }
  }

  #add(pool: string, sample: Sample): void {
    const samples = this.#pools.get(pool);
    if (samples === undefined) this.#pools.set(pool, [sample]);
    else samples.push(sample);
  }

  #samples(pool: string): readonly Sample[] {
    return this.#pools.get(pool) ?? [];
  }

  #once(name: string, compute: () => number | undefined): number | undefined {
    if (!this.#medians.has(name)) this.#medians.set(name, compute());
    return this.#medians.get(name);
  }

  /** Seconds by unit of the parameter that grows, of the samples whose way is nearest in proportion. */
  #rate(pool: string, grows: string, way: number): number | undefined {
    let least = Number.POSITIVE_INFINITY;
    let rates: number[] = [];
    for (const { key, seconds, from } of this.#samples(pool)) {
      const gone = Number(Object(this.#history.manifest(key)?.params)[grows]) - from;
      if (!(gone > 0)) continue;
      const apart = Math.abs(Math.log(gone / Math.max(way, 1)));
      if (apart > least) continue;
      if (apart < least) rates = [];
      least = apart;
      rates.push(seconds / gone);
    }
    return median(rates);
  }

  /** How far an action has to go: less the way to the checkpoint that it goes on from. */
  #wayOf(node: ActionNode, grows: string): number | undefined {
    const length = Object(node.cell?.params)[grows];
    if (typeof length !== 'number') return undefined;
    try {
      const growth = growthOf(resolveAction(node, { ...this.#context, record: () => undefined }));
      const from = growth && this.#checkpoints.furthest(growth.key, growth.at);
      return length - (from ?? 0);
    } catch {
      return length; // an input is not there: it has no checkpoint either
    }
  }
}

/** A replicate's name without its number. */
const cellOf = (target: string): string => target.replace(/#\d+$/, '#');

/** The middle value, or the mean of the two; undefined where there is none. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
