import { type LiveEnd, type LiveHead, type LiveLine, leaseOfRun, parseLive } from '../engine/liveLines.ts';
import { liveEnd, liveRuns, readLive } from '../store/liveFile.ts';
import { LiveStudy, type OpenStudy } from './liveStudy.ts';
import type { Change, RunNow } from './protocol.ts';
import { Sources } from './sources.ts';

/** What the follower asks of whoever reads studies. */
export interface Studies {
  /** Reads the study anew; throws what is worded for a person. */
  open(profile: string | null, set: Readonly<Record<string, string>>): Promise<OpenStudy>;
  /** The study's main file, by its name. */
  readonly file: string;
}

/** Bytes of a run's tale that are taken in before others have their turn. */
const AT_ONCE = 4 * 2 ** 20;

/** Of so many looks for news of a run one is at the study's files. */
const SOURCES_EVERY = 10;

/** Digits of the study's digest that stand in a place in the tale. */
const EPOCH = 16;

/**
 * Follows the newest run of a study, whoever started it and wherever, by the file in which it tells of itself. Holds
 * what is so now; knows what became other since any place in the tale, also one that an earlier process gave out.
 */
export class Follower {
  study: LiveStudy;
  problem: string | null = null;
  readonly #studies: Studies;
  #head: LiveHead | undefined;
  #end: LiveEnd | undefined;
  #lives = false;
  #offset = 0;
  #seconds = 0;
  /** Newer runs than the one that is followed which are of another study. */
  readonly #foreign = new Set<string>();
  #busy = false;
  #sources: Sources;
  #looks = 0;

  constructor(studies: Studies, open: OpenStudy) {
    this.#studies = studies;
    this.study = new LiveStudy(open);
    this.#sources = new Sources(open);
  }

  /** Where in the tale this stands. */
  get at(): string {
    return `${this.study.open.digest.slice(0, EPOCH)}:${this.#head?.run ?? ''}:${this.#offset}`;
  }

  /** The run that is followed, while it lives. */
  get living(): string | undefined {
    return this.#lives ? this.#head?.run : undefined;
  }

  get targets(): readonly string[] {
    return this.#head?.targets ?? [];
  }

  run(): RunNow | null {
    if (this.#head === undefined) return null;
    const { run, startedAt, profile, targets, actions, watched = false } = this.#head;
    const { settled, failed } = this.#counted;
    return {
      id: run,
      startedAt,
      profile,
      targets,
      state: this.#stateOfRun(),
      seconds: this.#end?.seconds ?? this.#seconds,
      settled: this.#end === undefined ? settled : this.#end.executed + this.#end.cached,
      actions,
      failed: this.#end?.failed ?? failed,
      watched,
    };
  }

  #stateOfRun(): RunNow['state'] {
    if (this.#end === undefined) return this.#lives ? 'running' : 'broken off';
    if (this.#end.interrupted) return 'stopped';
    return this.#end.failed > 0 ? 'failed' : 'finished';
  }

  #counted = { settled: 0, failed: 0 };

  /**
   * Looks for what is new. Returns what became other; `everything` where that is another study or another run; undefined
   * where nothing did.
   */
  async look(): Promise<Change | 'everything' | undefined> {
    if (this.#busy) return undefined;
    this.#busy = true;
    try {
      if (await this.#findRun()) return 'everything';
      if (!this.#lives) return (await this.#readAgain()) ? 'everything' : undefined;
      return this.#read();
    } finally {
      this.#busy = false;
    }
  }

  /** What became other since a place in the tale; undefined where that is not a place in this one. */
  since(at: string): Change | undefined {
    const [epoch, run, offset] = at.split(':');
    if (epoch !== this.study.open.digest.slice(0, EPOCH) || run !== (this.#head?.run ?? '')) return undefined;
    const from = Number(offset);
    if (!Number.isSafeInteger(from) || from < 0 || from > this.#offset) return undefined;
    const touched = new Set<number>();
    for (const { text } of readLive(this.study.open.storeRoot, run, from, this.#offset - from)) {
      this.study.touch(parseLive(text), touched);
    }
    return { ...this.study.touchedBy(touched), run: this.run() };
  }

  /** Begins with the newest run of this study, if it is not the one already. */
  async #findRun(): Promise<boolean> {
    const { storeRoot } = this.study.open;
    for (const id of liveRuns(storeRoot).reverse()) {
      if (id === this.#head?.run) return false;
      if (this.#foreign.has(id)) continue;
      const first = readLive(storeRoot, id, 0, HEAD_BYTES)[0];
      const line = first && parseLive(first.text);
      if (line === undefined || !('head' in line)) continue; // it is just being written
      if (line.head.file !== this.#studies.file || line.head.run !== id) {
        this.#foreign.add(id);
        continue;
      }
      const lives = this.#isAlive(id);
      if (line.head.study !== this.study.open.digest) {
        if (!lives || !(await this.#open(line.head.profile, line.head.set))) {
          this.#foreign.add(id);
          continue;
        }
      }
      this.#begin(line.head, first.end, lives);
      return true;
    }
    return false;
  }

  #begin(head: LiveHead, offset: number, lives: boolean): void {
    this.#head = head;
    this.#end = undefined;
    this.#offset = offset;
    this.#seconds = 0;
    this.#counted = { settled: 0, failed: 0 };
    this.#lives = lives;
    this.study.begin();
    if (lives) this.#readAll();
    else this.#recall();
  }

  #readAll(): void {
    while (this.#lives && this.#read() !== undefined);
  }

  /** Of a run that is over only that which the store does not know better: what failed, and what was printed. */
  #recall(): void {
    const { storeRoot } = this.study.open;
    const { run } = this.#head!;
    for (;;) {
      const lines = readLive(storeRoot, run, this.#offset, AT_ONCE);
      if (lines.length === 0) return;
      for (const { text, end } of lines) {
        const line = parseLive(text);
        this.#offset = end;
        this.#note(line);
        if (line !== undefined && 'events' in line) for (const event of line.events) this.study.recall(event);
      }
    }
  }

  #read(): Change | undefined {
    const { storeRoot } = this.study.open;
    const before = this.#isAlive(this.#head!.run); // asked first: what it wrote last is then there to be read
    const touched = new Set<number>();
    const lines = readLive(storeRoot, this.#head!.run, this.#offset, AT_ONCE);
    const ends = liveEnd(storeRoot, this.#head!.run);
    for (const { text, end } of lines) {
      const line = parseLive(text);
      this.#offset = end;
      this.#note(line);
      if (line !== undefined && 'events' in line) for (const event of line.events) this.study.apply(event, touched);
    }
    const over = this.#end !== undefined || (!before && (lines.length === 0 || this.#offset >= ends));
    if (lines.length === 0 && !over) return undefined;
    if (over) this.#lives = false;
    if (over) this.study.settleRunning(touched);
    return { ...this.study.touchedBy(touched), run: this.run() };
  }

  #note(line: LiveLine | undefined): void {
    if (line === undefined || 'head' in line) return;
    if ('end' in line) {
      this.#end = line.end;
      return;
    }
    this.#seconds = line.at;
    for (const event of line.events) {
      if (event[0] === 'cached') this.#counted.settled += event.length - 1;
      else if (event[0] === 'done') this.#counted.settled++;
      else if (event[0] === 'failed' && event[4] === null) this.#counted.failed++;
    }
  }

  #isAlive(run: string): boolean {
    return this.study.open.leases.ownerOf(leaseOfRun(run)) !== undefined;
  }

  /** Reads the study again where its files changed; while a run is going on they may be half written. */
  async #readAgain(): Promise<boolean> {
    if (this.#looks++ % SOURCES_EVERY !== 0 || !this.#sources.changed()) return false;
    const { plan, set } = this.study.open;
    if (!(await this.#open(plan.profile, set))) return true;
    this.#head = undefined;
    this.#foreign.clear();
    return true;
  }

  async #open(profile: string | null, set: Readonly<Record<string, string>>): Promise<boolean> {
    try {
      this.study = new LiveStudy(await this.#studies.open(profile, set));
      this.#sources = new Sources(this.study.open);
      this.problem = null;
      return true;
    } catch (error) {
      this.problem = (error as Error).message;
      return false;
    }
  }
}

/** A head is a line of this length at most. */
const HEAD_BYTES = 2 ** 20;
