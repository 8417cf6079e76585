import type { ActionLog, ActionRecord } from '../store/actions.ts';
import type { Presence } from '../store/cas.ts';
import type { RemoteCache } from '../store/remote/remoteCache.ts';
import type { DescribedKind } from './describe.ts';
import type { ActionNode } from './graph.ts';
import { ReadyQueue } from './readyQueue.ts';
import { Recorder } from './recorder.ts';
import { outputPorts, type ResolveContext, type ResolvedAction, resolveAction } from './resolve.ts';

/** Actions that a shared cache is asked for at a time: an answer takes a way there and back, and hardly any work here. */
const AT_ONCE = 32;

type Context = ResolveContext & { readonly log: ActionLog };

/** Asks a shared cache for what is about to run, before it gets a thread. */
export class Fetching {
  readonly #remote: RemoteCache;
  readonly #present: Presence;
  readonly #context: Context;
  readonly #recorder: Recorder;
  readonly #waiting: ReadyQueue;
  /** Those of them that name files of the study, which may change meanwhile. */
  readonly #resolved = new Map<ActionNode, ResolvedAction>();
  #underWay = 0;

  /** `present`: the blobs that were there when the run started. `like`: another queue of the same nodes. */
  constructor(
    remote: RemoteCache,
    present: Presence,
    context: Context,
    nodes: readonly ActionNode[],
    like?: ReadyQueue,
  ) {
    this.#remote = remote;
    this.#present = present;
    this.#context = context;
    this.#recorder = new Recorder(context.log);
    this.#waiting = new ReadyQueue(nodes, like);
  }

  /** Puts an action in line; false where there is no use in asking now. */
  take(action: ResolvedAction): boolean {
    if (!this.#remote.isUsable()) return false;
    this.#waiting.push(action.node);
    if (action.files.size > 0) this.#resolved.set(action.node, action);
    return true;
  }

  /** Asks for as many of those in line as may be asked for at a time; each is `done` with a record, or without. */
  begin(
    track: (work: () => Promise<void>) => void,
    done: (action: ResolvedAction, record: ActionRecord | undefined) => void,
    isStopping: () => boolean,
  ): void {
    while (this.#underWay < AT_ONCE && this.#waiting.length > 0) {
      const node = this.#waiting.shift()!;
      const action = this.#resolved.get(node) ?? resolveAction(node, this.#context);
      this.#resolved.delete(node);
      track(async () => done(action, isStopping() ? undefined : await this.fetch(action)));
    }
  }

  /** Takes an action's result into the store: its blobs, then its record. Undefined where there is none to be had. */
  async fetch(action: ResolvedAction): Promise<ActionRecord | undefined> {
    this.#underWay++;
    try {
      const record = await this.#remote.lookup(action.key);
      if (record === undefined) return undefined;
      if (!fits(record, action.node, action.kind.contract)) {
        this.#remote.disown(action.key);
        return undefined;
      }
      if (!(await this.#remote.fetch(record, (digest) => this.#present.has(digest)))) return undefined;
      await this.#recorder.record(action, record);
      return record;
    } finally {
      this.#underWay--;
    }
  }
}

/** Whether a record has the outputs that an action declares: all that it must, none else, tables where tables are due. */
export function fits({ outputs }: ActionRecord, node: ActionNode, contract: DescribedKind): boolean {
  const ports = outputPorts(node, contract);
  return (
    Object.entries(outputs).every(
      ([name, { rows }]) => Object.hasOwn(ports, name) && (rows !== undefined) === (ports[name].type === 'table'),
    ) && Object.entries(ports).every(([name, port]) => port.optional === true || Object.hasOwn(outputs, name))
  );
}
