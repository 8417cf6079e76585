import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type RunOptions, runCommand } from '../commands/run.ts';
import { errorWords } from '../errorWords.ts';
import type { RunControl } from '../execution.ts';
import { CliError, EXIT } from '../exit.ts';
import { STOP_RUN } from '../interruption.ts';
import { forecastSession, type StudyOptions, selectNodes } from '../session.ts';
import { steer } from '../steering.ts';
import { storeOf } from '../storeFolder.ts';
import { paint, plural } from '../text.ts';
import { studyFolders } from './folders.ts';
import { Hints } from './hints.ts';
import { changedFiles, type Look, lookAt, placesOf } from './look.ts';
import { isWanted, UnderWay } from './wanted.ts';

export interface WatchOptions
  extends StudyOptions,
    Pick<RunOptions, 'jobs' | 'json' | 'keepGoing' | 'cache' | 'cacheWrite'> {}

type Readable = Exclude<Look, { wrong: string }>;

/** How many changed files are named. */
const NAMED = 3;

/**
 * Runs a study again and again: whenever it is another one than the last run took. What is compared is what results are
 * made of, by its content, so that neither what a run writes, nor a file that no result rests on, nor a comment starts one.
 *
 * A change in the middle of a run does not wait for results that nobody asks for any more, nor throw away those that are
 * still asked for. Where some of what is under way would be done by the changed study too, nothing more is begun, and the
 * next run starts when that has ended; an edit of a figure does not cost the simulation that it waits for, however often
 * it is saved. Otherwise what is under way is stopped at once. In both cases all that is finished is kept, and a run that
 * grows goes on from its last checkpoint.
 */
export class Watching {
  readonly #targets: readonly string[];
  readonly #options: WatchOptions;
  readonly #signal: AbortSignal;
  readonly #hints = new Hints();
  /** Of the study as it could last be read. */
  #places: { readonly files: readonly string[]; readonly folders: readonly string[] } = { files: [], folders: [] };
  /** What was last said to be wrong with the study. */
  #told: string | undefined;
  /** Ends the run that is under way; between two there is none. */
  #stopRun: () => void = () => undefined;
  /** The study of which it was last said that it is another one. */
  #toldOf: string | undefined;

  constructor(targets: readonly string[], options: WatchOptions, signal: AbortSignal) {
    this.#targets = targets;
    this.#options = options;
    this.#signal = signal;
  }

  /** Returns whether a run was under way then. */
  async untilAborted(): Promise<boolean> {
    const onStop = (): void => this.#stopRun();
    if (STOP_RUN !== undefined) process.on(STOP_RUN, onStop);
    try {
      let ran: Readable | undefined;
      let isDone = false;
      for (let looks = 1; ; looks++) {
        const look = await this.#look();
        if (this.#signal.aborted) return false;
        if ('wrong' in look) {
          // A slip on the command line is not mended by saving a file.
          if (looks === 1 && (look.targets || !existsSync(this.#options.file))) throw new CliError(look.wrong);
          this.#tellWrong(look.wrong);
        }
        if (!('wrong' in look) && !(isDone && look.identity === ran?.identity)) {
          if (ran !== undefined && look.identity !== ran.identity)
            this.#tellChange(look, { type: 'study-changed', files: changedFiles(ran.files, look.files) });
          ran = look;
          isDone = await this.#run(look);
          if (this.#signal.aborted) return true;
          continue; // it may have changed meanwhile
        }
        await this.#hints.next(this.#signal);
        if (this.#signal.aborted) return false;
      }
    } finally {
      if (STOP_RUN !== undefined) process.off(STOP_RUN, onStop);
      this.#hints.close();
    }
  }

  /** Reads the study, and watches what it is made of now. What is wrong is not forgotten when it is looked at again. */
  async #look(): Promise<Look> {
    const { file, out = 'out' } = this.#options;
    const studyRoot = resolve(file, '..');
    const except = [storeOf(studyRoot), resolve(studyRoot, out)];
    // Before it is read: what is saved while it is being read is not missed.
    const folders = studyFolders(studyRoot, except);
    this.#hints.watch([...folders, ...this.#places.folders], [resolve(file), ...this.#places.files]);
    const look = await lookAt(this.#options, this.#targets);
    if ('wrong' in look) return look;
    this.#places = placesOf(look);
    this.#hints.watch([...folders, ...this.#places.folders], [resolve(file), ...this.#places.files]);
    this.#told = undefined;
    return look;
  }

  /** Runs the study once; false where it has to run again, as it is now. One that the live view stopped waits for a change. */
  async #run(look: Readable): Promise<boolean> {
    const stop = new AbortController();
    const enough = new AbortController();
    const ended = new AbortController();
    const underWay = new UnderWay();
    let superseded = false;
    const onInterrupt = (): void => stop.abort(this.#signal.reason);
    this.#signal.addEventListener('abort', onInterrupt, { once: true });
    this.#stopRun = () => stop.abort(new CliError('Stopped.', EXIT.interrupted));
    const control: RunControl = {
      signal: stop.signal,
      enough: enough.signal,
      isSuperseded: () => superseded,
      onEvent: underWay.hear,
      close: () => undefined,
    };
    const supersede = async (): Promise<void> => {
      while (!ended.signal.aborted && !stop.signal.aborted) {
        await this.#hints.next(AbortSignal.any([ended.signal, stop.signal]));
        if (ended.signal.aborted || stop.signal.aborted) return;
        const now = await this.#look();
        if (ended.signal.aborted || stop.signal.aborted) return;
        if ('wrong' in now) this.#tellWrong(now.wrong);
        else if (now.identity !== look.identity) {
          const forecasts = forecastSession(now.session, selectNodes(now.session, this.#targets));
          const waits = isWanted(underWay.actions, forecasts);
          const files = changedFiles(look.files, now.files);
          this.#tellChange(now, { type: 'study-changed', files, ...(waits && { waits: underWay.actions.size }) });
          superseded = true;
          if (waits) enough.abort();
          else stop.abort(new Error('the study changed'));
        }
      }
    };
    let broken: { readonly error: unknown } | undefined;
    const following = supersede().catch((error: unknown) => {
      broken = { error };
      stop.abort(error);
    });
    try {
      // Jobs on a cluster outlive what asked for them; a change a minute would leave many behind.
      await runCommand(this.#targets, { ...this.#options, executor: 'local' }, control);
    } catch (error) {
      const words = errorWords(error);
      if (words.unforeseen) throw error;
      if (!stop.signal.aborted) this.#tellWrong(words.text);
    } finally {
      ended.abort();
      this.#stopRun = () => undefined;
      this.#signal.removeEventListener('abort', onInterrupt);
      await following;
    }
    if (broken !== undefined) throw broken.error;
    if (!superseded && !this.#signal.aborted) this.#tell({ type: 'watching' });
    return !superseded && !this.#signal.aborted;
  }

  #tellWrong(message: string): void {
    if (message === this.#told) return;
    this.#told = message;
    this.#tell({ type: 'study-wrong', message });
  }

  #tellChange({ identity }: Readable, news: News): void {
    if (identity !== this.#toldOf) this.#tell(news);
    this.#toldOf = identity;
  }

  #tell(news: News): void {
    if (this.#options.json) process.stdout.write(`${JSON.stringify(news)}\n`);
    else {
      // The live line of a run, if there is one, stands in the way.
      if (process.stdout.isTTY) steer(process.stdout, '\r\u001b[J');
      process.stdout.write(`${wordsOf(news)}\n`);
    }
  }
}

/** What watching tells between the events of its runs. */
type News =
  /** All that is asked for is done, or failed: it waits for a change. */
  | { readonly type: 'watching' }
  /** `waits` for so many actions of the run under way, which the changed study wants too. */
  | { readonly type: 'study-changed'; readonly files: readonly string[]; readonly waits?: number }
  | { readonly type: 'study-wrong'; readonly message: string };

function wordsOf(news: News): string {
  switch (news.type) {
    case 'watching':
      return paint('dim', 'Watching for changes. Ctrl-C ends it.');
    case 'study-changed': {
      const { files, waits } = news;
      const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : '';
      const what = files.length === 0 ? 'The study' : `${files.slice(0, NAMED).join(', ')}${more}`;
      const then =
        waits === undefined ? '' : `: what is under way (${plural(waits, 'action')}) is still wanted and ends first`;
      return `\n${paint('cyan', `${what} changed`)}${then}.`;
    }
    case 'study-wrong':
      return `\n${news.message}\n${paint('dim', 'Watching for changes: it runs again when that is mended.')}`;
  }
}
