import type { ActionRecord } from '../../store/actions.ts';
import type { Digest } from '../../store/canonical.ts';
import type { Cas } from '../../store/cas.ts';
import type { Forecast } from '../forecast.ts';
import type { ActionNode, Source } from '../graph.ts';
import { type ResolveContext, type ResolvedAction, resolveAction } from '../resolve.ts';
import type { Before, Cause, Finding, Link } from './cause.ts';
import { fieldCauses } from './compare.ts';
import type { History, JournalEntry } from './history.ts';
import { compareInputs, pendingLinks } from './inputs.ts';
import { beforeOf, Nearest } from './nearest.ts';
import { partsOf } from './targetParts.ts';

/** Causes that lie in what became of a result under this very key. */
const SAME_KEY: ReadonlySet<Cause['kind']> = new Set(['lost', 'unrecorded', 'taken-back']);

const FIRST: Cause = { kind: 'first' };

export type ExplainContext = Omit<ResolveContext, 'record'> & { readonly cas: Cas };

/** What became of a result that a journal speaks of. */
const lostSince = ({ run, action: { accepted } }: JournalEntry): Cause =>
  accepted === undefined ? { kind: 'unrecorded', run } : { kind: 'taken-back', run, statement: accepted };

/** An action to be explained. */
interface Question {
  readonly item: Forecast;
  /** Compare with this one, which made what a user of it read before. */
  readonly before?: Digest;
  readonly via?: string;
  /** Explain why it was computed in this run, not why it would be now. */
  readonly asOf?: string;
}

/**
 * Follows what differs from action to action, each once, users before makers: by comparing key manifests, the very data
 * that the keys are hashes of.
 */
export class Trace {
  readonly #context: ExplainContext;
  readonly #history: History;
  readonly #forecasts: ReadonlyMap<string, Forecast>;
  readonly #nearest: Nearest;
  #expected: Map<string, Before> | undefined;

  constructor(forecasts: ReadonlyMap<string, Forecast>, history: History, context: ExplainContext) {
    this.#forecasts = forecasts;
    this.#history = history;
    this.#context = context;
    this.#nearest = new Nearest(history, forecasts.size);
  }

  /**
   * Findings of what is asked about, then of all that they come from.
   *
   * @param asOf a run: why it computed them, rather than why the next one would
   */
  follow(wanted: readonly Forecast[], asOf?: string): Finding[] {
    const findings: Finding[] = [];
    const queue: Question[] = wanted.map((item) => ({ item, ...(asOf !== undefined && { asOf }) }));
    const seen = new Set(queue.map(({ item }) => item.node.target));
    for (let at = 0; at < queue.length; at++) {
      const finding = this.#find(queue[at]);
      findings.push(finding);
      for (const link of finding.links) {
        const item = this.#forecasts.get(link.target);
        if (item === undefined || seen.has(link.target)) continue;
        seen.add(link.target);
        const before = this.#makerOf(link);
        queue.push({
          item,
          via: finding.target,
          ...(before !== undefined && { before }),
          ...(asOf !== undefined && { asOf }),
        });
      }
    }
    return findings;
  }

  #find({ item, before: given, via, asOf }: Question): Finding {
    const { state } = item;
    const node = this.#lessNotNeeded(item.node);
    const key = 'key' in item ? item.key : undefined;
    const base = {
      target: node.target,
      stage: node.stage.name,
      role: node.role,
      state,
      ...(key !== undefined && { key }),
      ...(via !== undefined && { via }),
    };
    if (item.state === 'shared') {
      return { ...base, causes: [], links: [{ input: '', target: item.with }] };
    }
    if (item.state === 'depends' && node.gate !== undefined && this.#record(node.gate) === undefined) {
      return { ...base, gate: node.gate, causes: [], links: [{ input: '', target: node.gate }] };
    }
    // Its key is of other code than what ran: nothing is told of that run by comparing it.
    if (item.state === 'cached' && item.record.accepted !== undefined) return { ...base, causes: [], links: [] };
    let action: ResolvedAction;
    try {
      action = resolveAction(node, { ...this.#context, record: this.#record });
    } catch (error) {
      return { ...base, causes: [{ kind: 'missing', message: (error as Error).message }], links: [] };
    }
    const own = this.#ownCauses(item, asOf);
    // The same key: no field of it differs.
    if (own.some(({ kind }) => SAME_KEY.has(kind))) return { ...base, causes: own, links: [] };
    const before = this.#before(node, action, key, given, asOf);
    const novelty = this.#noveltyOf(node, asOf) ?? (before === undefined ? FIRST : undefined);
    const named = before && { before };
    if (before === undefined || novelty !== undefined) {
      // What differs from a neighbour says no more about it than that it is new; the look that asked for it does.
      const asked = this.#askedBy(node.target, asOf);
      const gate = asked === undefined ? [] : [{ input: '', target: asked.look }];
      const links = [...gate, ...(asOf === undefined ? pendingLinks(node, this.#record) : [])];
      // A table of cells that have to run says nothing that they do not.
      const isNews = node.role !== 'gather' || links.length === 0;
      return { ...base, ...named, causes: isNews ? [...own, novelty!] : own, links };
    }
    const { causes, links } = this.#compare(action, before, asOf);
    const ends = links.map((link) => this.#end(link));
    return {
      ...base,
      before,
      causes: [...own, ...causes, ...ends.filter((end) => end !== undefined)],
      links: links.filter((_, at) => ends[at] === undefined),
    };
  }

  /** A node without the inputs that looks found superfluous: no run would have them. */
  #lessNotNeeded(node: ActionNode): ActionNode {
    const isNeeded = (source: Source): boolean =>
      !('node' in source) || this.#forecasts.get(source.node)?.state !== 'not-needed';
    const lists = Object.entries(node.inputs);
    if (lists.every(([, sources]) => [sources].flat().every(isNeeded))) return node;
    if (node.parts !== undefined) {
      const kept = node.parts.flatMap((part, at) =>
        isNeeded(node.inputs[at] as Source) ? [[part, node.inputs[at]] as const] : [],
      );
      return {
        ...node,
        parts: kept.map(([part]) => part),
        inputs: Object.fromEntries(kept.map(([, source], at) => [at, source])),
      };
    }
    const inputs = lists.map(([name, sources]) => [name, Array.isArray(sources) ? sources.filter(isNeeded) : sources]);
    return { ...node, inputs: Object.fromEntries(inputs) };
  }

  #compare(action: ResolvedAction, before: Before, asOf: string | undefined): { causes: Cause[]; links: Link[] } {
    const { node, manifest, kind } = action;
    const past = this.#history.manifest(before.key)!;
    const inputs = compareInputs(node, manifest, past, {
      records: this.#record,
      isKnown: (target) => this.#knew(target, asOf),
      askedBy: (target) => this.#askedBy(target, asOf),
    });
    const now = { node, manifest, kind, studySeed: this.#context.plan.seed };
    const code = this.#history.code(past.code);
    const studySeed = this.#history.journal(before.run)?.study?.seed;
    return {
      causes: [...fieldCauses(now, { manifest: past, target: before.target, code, studySeed }), ...inputs.causes],
      links: inputs.links,
    };
  }

  #before(
    node: ActionNode,
    { manifest }: ResolvedAction,
    key: Digest | undefined,
    given: Digest | undefined,
    asOf: string | undefined,
  ): Before | undefined {
    const prior = given ?? (asOf === undefined ? undefined : this.#history.priorKey(node.target, asOf));
    const record = prior === undefined || prior === key ? undefined : this.#history.record(prior);
    if (record !== undefined && this.#history.manifest(prior!) !== undefined) {
      return beforeOf(prior!, record, this.#history);
    }
    return asOf === undefined && key === undefined
      ? this.#nearestOfOpen(node)
      : this.#nearest.of(node, manifest, key, asOf);
  }

  /** The nearest one to what an action is if what has to run above it turns out as it did before. */
  #nearestOfOpen(node: ActionNode): Before | undefined {
    if (this.#expected === undefined) {
      this.#expected = new Map();
      // Makers stand before their users.
      for (const item of this.#forecasts.values()) {
        if (item.state === 'cached' || item.state === 'not-needed') continue;
        const before = this.#nearestAsExpected(item, this.#expected);
        if (before !== undefined) this.#expected.set(item.node.target, before);
      }
    }
    return this.#expected.get(node.target);
  }

  #nearestAsExpected(item: Forecast, expected: ReadonlyMap<string, Before>): Before | undefined {
    if (item.state === 'shared') return expected.get(item.with);
    const node = this.#lessNotNeeded(item.node);
    const record = (target: string): ActionRecord | undefined =>
      this.#record(target) ?? this.#history.record(expected.get(target)?.key ?? '');
    try {
      const { manifest } = resolveAction(node, { ...this.#context, record });
      return this.#nearest.of(node, manifest, 'key' in item ? item.key : undefined);
    } catch {
      return undefined; // an input cannot be read, or was left out: nothing to compare by
    }
  }

  /** Causes that lie in what is recorded of this very key. */
  #ownCauses(item: Forecast, asOf: string | undefined): Cause[] {
    if (item.state !== 'run' && item.state !== 'cached') return [];
    const { key } = item;
    const { target } = item.node;
    if (key === undefined) return [];
    if (item.state === 'cached') {
      const earlier = asOf === undefined ? undefined : this.#history.earlierUse(target, key, asOf);
      return earlier !== undefined && item.record.run === asOf ? [lostSince(earlier)] : [];
    }
    const record = this.#history.record(key);
    if (record !== undefined) {
      const outputs = Object.entries(record.outputs).filter(([, { digest }]) => !this.#context.cas.has(digest));
      return [{ kind: 'lost', outputs: outputs.map(([name]) => name), run: record.run }];
    }
    const earlier = this.#history.earlierUse(target, key);
    if (earlier !== undefined) return [lostSince(earlier)];
    if (this.#history.manifest(key) !== undefined) return [{ kind: 'unrecorded' }];
    const last = this.#history.inLastRun(target);
    if (last?.status !== 'failed' || last.key !== key) return [];
    return [{ kind: 'failed', run: this.#history.runs[0].id, target, message: last.failure ?? '' }];
  }

  /** What is new about an action: its replicate, its cell, or all of its stage; undefined where nothing is. */
  #noveltyOf({ target, stage, cell, replicate }: ActionNode, asOf: string | undefined): Cause | undefined {
    if (this.#knew(target, asOf)) return undefined;
    const { name } = stage;
    if (cell === undefined) return FIRST;
    const { look } = partsOf(target);
    if (look !== undefined && look > 1 && this.#knew(target.replace(/#look\d+$/, '#look1'), asOf)) {
      return { kind: 'look', change: 'new', stage: name, look };
    }
    if (replicate !== null && replicate > 0 && this.#knew(target.replace(/#\d+$/, '#0'), asOf)) {
      return { kind: 'replicate', change: 'new', stage: name, replicate };
    }
    const first = this.#history.firstRunOf(target);
    const known = first !== undefined && (asOf === undefined || first < asOf);
    return known && cell.id !== '' ? { kind: 'cell', change: 'new', stage: name, cell: cell.id } : FIRST;
  }

  #knew(target: string, asOf: string | undefined): boolean {
    if (asOf !== undefined && this.#history.priorKey(target, asOf) !== undefined) return true;
    return this.#history.ofTarget(target).some((key) => this.#isOlder(key, asOf));
  }

  #isOlder(key: Digest, asOf: string | undefined): boolean {
    return asOf === undefined || (this.#history.record(key)?.run ?? asOf) < asOf;
  }

  /** The look that says whether an action is needed: one that has to run, or that the run looked at made. */
  #askedBy(target: string, asOf: string | undefined): { look: string; pending: boolean } | undefined {
    const look = this.#forecasts.get(target)?.node.gate;
    const item = look === undefined ? undefined : this.#forecasts.get(look);
    if (item === undefined || item.state === 'not-needed') return undefined;
    if (item.state !== 'cached') return { look: item.node.target, pending: true };
    return item.record.run === asOf ? { look: item.node.target, pending: false } : undefined;
  }

  /** What made an input before, where that is this very target, or another of its stage. */
  #makerOf({ from, target }: Link): Digest | undefined {
    const maker = from === undefined ? undefined : this.#history.makerOf(from, target);
    return maker !== undefined && partsOf(maker.target).stage === partsOf(target).stage ? maker.key : undefined;
  }

  /** The cause that a link is by itself; undefined where it leads to an action that explains it. */
  #end({ input, target, from, to }: Link): Cause | undefined {
    if (from === undefined) return undefined;
    const maker = this.#history.makerOf(from, target);
    if (maker === undefined) return to === undefined ? undefined : { kind: 'contents', input, from, to };
    const item = this.#forecasts.get(target);
    const isSame = item?.state === 'cached' && item.key === maker.key; // another output of it
    const isOther = partsOf(maker.target).stage !== partsOf(target).stage;
    return isSame || isOther ? { kind: 'rebound', input, from: maker.target, to: target } : undefined;
  }

  readonly #record = (target: string): ActionRecord | undefined => {
    const item = this.#forecasts.get(target);
    return item?.state === 'cached' ? item.record : undefined;
  };
}
