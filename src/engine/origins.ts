import type { ActionLog, ActionRecord } from '../store/actions.ts';
import { canonical, type Digest, digestOf } from '../store/canonical.ts';
import { isKeyManifest } from './forecast.ts';
import type { KeyManifest } from './key.ts';
import type { ResolvedAction } from './resolve.ts';

/** What of an action's key is its code: the only fields in which it may differ from one whose outputs it takes. */
export interface CodeOfAction {
  readonly code: Digest;
  readonly runtime: string;
  /** A program's own code files. */
  readonly files: Readonly<Record<string, Digest>>;
}

/** Parts a manifest into the action's code and all the rest, of which a digest is given. */
export function partManifest(manifest: KeyManifest): { readonly code: CodeOfAction; readonly rest: Digest } {
  const { code, runtime, files, ...others } = manifest;
  const isCode = (pointer: string): boolean => isProgramCode(pointer, manifest);
  const some = (test: (pointer: string) => boolean): Record<string, Digest> =>
    Object.fromEntries(Object.entries(files).filter(([pointer]) => test(pointer)));
  return {
    code: { code, runtime, files: some(isCode) },
    rest: digestOf('action-but-code', { ...others, files: some((pointer) => !isCode(pointer)) }),
  };
}

/** Whether a file is a program's code: what begins so is else a file that the parameter `code` names. */
const isProgramCode = (pointer: string, { params }: KeyManifest): boolean =>
  pointer.startsWith('/code/') && typeof params === 'object' && params !== null && !('code' in params);

/** An earlier action that differs from another in its code alone. */
export interface Origin {
  readonly key: Digest;
  readonly record: ActionRecord;
  readonly code: CodeOfAction;
}

/** Finds earlier actions by all that is in their keys but code. */
export class Origins {
  readonly #log: ActionLog;
  readonly #manifests: ReadonlyMap<Digest, unknown>;
  readonly #isPresent: (digest: Digest) => boolean;
  /** By what is not code: keys in the order of time. */
  readonly #byRest = new Map<Digest, Digest[]>();

  constructor(log: ActionLog, isPresent: (digest: Digest) => boolean) {
    this.#log = log;
    this.#manifests = log.manifests();
    this.#isPresent = isPresent;
    for (const key of log.keys()) {
      const manifest = this.#manifests.get(key);
      if (!isKeyManifest(manifest)) continue;
      const { rest } = partManifest(manifest);
      const keys = this.#byRest.get(rest);
      if (keys === undefined) this.#byRest.set(rest, [key]);
      else keys.push(key);
    }
  }

  /**
   * The newest action that differs in its code alone, with all outputs in the store: one of the same target or kind,
   * whose outputs are those that this one declares.
   */
  of(action: ResolvedAction): Origin | undefined {
    const keys = this.#byRest.get(partManifest(action.manifest).rest) ?? [];
    for (const key of [...keys].reverse()) {
      const origin = this.#at(key);
      if (origin !== undefined && this.#isOfSame(action, origin) && fits(action, origin.record)) {
        return this.#root(origin);
      }
    }
    return undefined;
  }

  /** What is recorded of the kind behind a digest of code. */
  explanation(code: Digest): unknown {
    return this.#manifests.get(code);
  }

  #at(key: Digest): Origin | undefined {
    const record = this.#log.get(key);
    const manifest = this.#manifests.get(key);
    if (record === undefined || !isKeyManifest(manifest)) return undefined;
    if (!Object.values(record.outputs).every(({ digest }) => this.#isPresent(digest))) return undefined;
    return { key, record, code: partManifest(manifest).code };
  }

  #isOfSame({ node, kind }: ResolvedAction, { record, code }: Origin): boolean {
    if (record.target === node.target) return true;
    const explained = this.explanation(code.code) as { readonly kind?: string } | undefined;
    return explained?.kind === kind.uses;
  }

  /** What an accepted action was accepted from, where that is still there: trust is not built on trust. */
  #root(origin: Origin): Origin {
    const { accepted, outputs } = origin.record;
    const root = accepted && this.#at(accepted.from);
    return root !== undefined && canonical(root.record.outputs) === canonical(outputs) ? root : origin;
  }
}

/** Whether recorded outputs are those that an action declares: all that it needs, and tables for tables. */
function fits({ task }: ResolvedAction, { outputs }: ActionRecord): boolean {
  return (
    Object.keys(outputs).every((name) => task.outputs[name] !== undefined) &&
    Object.entries(task.outputs).every(([name, port]) => {
      const stored = outputs[name];
      return stored === undefined ? port.optional === true : (stored.rows !== undefined) === (port.type === 'table');
    })
  );
}
