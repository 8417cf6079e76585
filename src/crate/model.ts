import type { DescribedKind } from '../engine/describe.ts';
import type { Digest } from '../store/canonical.ts';
import type { Plan } from '../study/plan.ts';

/** A file of the crate. */
export interface CrateFile {
  /** Relative to the crate's root, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Digest;
  readonly about: FileRole;
  /** Its bytes; throws where they are not those of its digest any more. */
  read(): Uint8Array;
}

/** What a file is to the study. */
export type FileRole =
  /** The main file, or a chapter. */
  | { readonly role: 'study'; readonly title?: string }
  /** Data that a stage takes, or a file that a parameter names. */
  | { readonly role: 'input' }
  /** Source of a kind of stage, or of a program. */
  | { readonly role: 'code' }
  /** README, licence, package.json: what people or tools look for beside a study. */
  | { readonly role: 'document' }
  | { readonly role: 'lock' }
  /** An output of a stage. */
  | { readonly role: 'result'; readonly stage: string; readonly output: string }
  /** All verdicts; what the run did; the report. */
  | { readonly role: 'verdicts' | 'journal' | 'report' }
  /** Of the store: there, and not described one by one. */
  | { readonly role: 'store' };

/** A kind of stage, with where its code stands in the crate. */
export interface CrateKind {
  readonly contract: DescribedKind;
  /** The digest of its code that is part of every key. */
  readonly digest: Digest;
  readonly main: string;
  readonly sources: readonly string[];
  /** Packages that its code imports: name → versions. */
  readonly packages: Readonly<Record<string, string>>;
}

/** What computing a stage came to. */
export interface StageWork {
  readonly actions: number;
  readonly seconds: number;
  /** The runs that computed it; more than one where some of it was there before. */
  readonly runs: readonly string[];
}

export interface Person {
  readonly name: string;
  /** `https://orcid.org/…` */
  readonly orcid?: string;
}

export type Licence =
  /** A licence on the web, by its address. */
  | { readonly from: 'address'; readonly url: string; readonly name: string }
  /** A file of the crate that says it. */
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'nowhere' };

/** All that the crate's metadata tells: plain data, the same for the same run. */
export interface CrateModel {
  readonly plan: Plan;
  /** The study's main file. */
  readonly main: string;
  readonly version: string;
  /** Major version of the Node that computed it. */
  readonly node: string;
  /** The crate's folder of what is Driftline's own. */
  readonly home: string;
  readonly run: {
    readonly id: string;
    readonly startedAt: string;
    readonly endedAt: string;
    /** The command line that computes it again. */
    readonly command: string;
  };
  readonly files: readonly CrateFile[];
  /** By what stages `use`. */
  readonly kinds: ReadonlyMap<string, CrateKind>;
  /** By stage. */
  readonly work: ReadonlyMap<string, StageWork>;
  readonly licence: Licence;
  readonly person?: Person;
}
