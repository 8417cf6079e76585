import { type Comparison, compareSides } from '../../src/compare/compare.ts';
import type { Archive } from '../../src/compare/results.ts';
import type { Side } from '../../src/compare/side.ts';
import type { ActionRecord } from '../../src/store/actions.ts';
import { digestOf, sha256 } from '../../src/store/canonical.ts';
import { encodeArrow } from '../../src/tables/arrow.ts';
import type { Schema, Value } from '../../src/tables/table.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';

/** A stage of a made-up run: what its cells were told, and what came out. */
export interface GivenStage {
  readonly code?: string;
  /** By cell; `''` for a stage without a matrix. */
  readonly cells?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly axes?: readonly string[];
  /** Gathered tables, by output. */
  readonly tables?: Readonly<Record<string, { schema: Schema; columns: Readonly<Record<string, readonly Value[]>> }>>;
  /** A figure's spec. */
  readonly figure?: unknown;
  /** Other files, as text, by output. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface GivenRun {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly profile?: string;
  readonly seed?: string;
  readonly stages?: Readonly<Record<string, GivenStage>>;
  /** Claims' verdicts and numbers. */
  readonly claims?: Readonly<
    Record<string, { verdict: string; numbers?: Readonly<Record<string, unknown>>; test?: string }>
  >;
  readonly failed?: readonly string[];
  readonly complete?: boolean;
}

/** A store in memory, with runs as they are given, without running anything. */
export class GivenArchive implements Archive {
  readonly #records = new Map<string, ActionRecord>();
  readonly #manifests = new Map<string, unknown>();
  readonly blobs = new Map<string, Buffer>();
  readonly log = {
    get: (key: string) => this.#records.get(key),
    manifests: () => this.#manifests,
  };
  readonly cas = {
    has: (digest: string) => this.blobs.has(digest),
    get: (digest: string) => this.blobs.get(digest)!,
  };

  side(given: GivenRun): Side {
    const keys = new Map<string, string>();
    const act = (target: string, manifest: object, outputs: Readonly<Record<string, Uint8Array>>): void => {
      const full = {
        format: 1,
        code: 'c',
        entry: 'run',
        params: {},
        files: {},
        inputs: {},
        ports: {},
        seed: '',
        runtime: 'node 20',
        ...manifest,
      };
      const digests = Object.fromEntries(
        Object.entries(outputs).map(([name, bytes]) => {
          this.blobs.set(sha256(bytes), Buffer.from(bytes));
          return [name, { digest: sha256(bytes), bytes: bytes.length }];
        }),
      );
      const key = digestOf('given', [full, digests, target]);
      keys.set(target, key);
      this.#records.set(key, { outputs: digests, seconds: 1, run: 'r', target });
      this.#manifests.set(key, full);
    };
    const stages: Record<string, { uses: string; figure?: string }> = {};
    for (const [name, stage] of Object.entries(given.stages ?? {})) {
      const { code = 'code', cells = { '': {} }, axes = [], tables = {}, figure, files = {} } = stage;
      stages[name] = { uses: 'kind', ...(figure !== undefined && { figure: 'vl' }) };
      const made = {
        ...(figure !== undefined && { vl: Buffer.from(JSON.stringify(figure)) }),
        ...Object.fromEntries(Object.entries(files).map(([output, text]) => [output, Buffer.from(text)])),
      };
      this.#manifests.set(sha256(code), { sources: { [`stages/${name}.ts`]: sha256(code) }, packages: {} });
      for (const [cell, params] of Object.entries(cells)) {
        act(cell === '' ? name : `${name}[${cell}]`, { code: sha256(code), params }, made);
      }
      for (const [output, { schema, columns }] of Object.entries(tables)) {
        const parts = [Object.fromEntries(axes.map((axis) => [axis, 1]))];
        act(`${name}.${output}`, { params: { parts } }, { table: encodeArrow(tableFrom(columns, schema, output)) });
      }
    }
    for (const [id, { verdict, numbers = {}, test = 'true' }] of Object.entries(given.claims ?? {})) {
      stages[`claim:${id}`] = { uses: 'driftline:claim' };
      const text = JSON.stringify({ verdict, numbers, rows: 1, holds: 1, fails: 0 });
      act(`claim:${id}`, { params: { every: test } }, { verdict: Buffer.from(text) });
    }
    for (const target of given.failed ?? []) keys.delete(target);
    return {
      run: 'r',
      startedAt: null,
      profile: given.profile ?? null,
      study: { targets: [], seed: given.seed ?? 's', params: given.params ?? {}, stages },
      keys,
      failed: new Set(given.failed),
      complete: given.complete ?? given.failed === undefined,
    };
  }

  diff(a: GivenRun, b: GivenRun, only?: (stage: string) => boolean): Comparison {
    return compareSides(this.side(a), this.side(b), this, only);
  }
}
