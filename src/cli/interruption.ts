import { CliError, EXIT } from './exit.ts';

/** Within this time of being asked, every program that a stage started has ended or was killed by the thread that started it. */
const PROGRAMS_END_MS = 600;

/**
 * What `driftline watch` is sent to stop its run and go on watching. Windows has no such signal: there a watcher that is
 * asked to stop ends.
 */
export const STOP_RUN = process.platform === 'win32' ? undefined : 'SIGUSR2';

export interface Interruption {
  /** Aborted when a person, or whoever started this program, wants it to stop. What it throws is worded. */
  readonly signal: AbortSignal;
  close(): void;
}

/**
 * Listens for Ctrl-C and SIGTERM. The first asks what is under way to stop, after `say` told so; a second one ends this
 * program, as soon as no program that a stage started can outlive it.
 */
export function interruptible(stopped: string, say: () => void = () => undefined): Interruption {
  const stop = new AbortController();
  let asked = 0;
  const onInterrupt = (): void => {
    if (stop.signal.aborted) {
      const left = Math.max(0, asked + PROGRAMS_END_MS - performance.now());
      setTimeout(() => process.exit(EXIT.interrupted), left);
      return;
    }
    say();
    asked = performance.now();
    stop.abort(new CliError(stopped, EXIT.interrupted));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  return {
    signal: stop.signal,
    close() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
    },
  };
}
