import { EXIT } from '../exit.ts';
import { interruptible } from '../interruption.ts';
import { Watching, type WatchOptions } from '../watching/watching.ts';

/**
 * `driftline watch [target…]`: runs, and runs again whenever something is saved that a result rests on. Ctrl-C ends it:
 * with 0 while it waits, with 130 where it stops a run.
 */
export async function watchCommand(targets: readonly string[], options: WatchOptions): Promise<number> {
  const interruption = interruptible('Stopped.');
  try {
    const stopped = await new Watching(targets, options, interruption.signal).untilAborted();
    return stopped ? EXIT.interrupted : EXIT.done;
  } finally {
    interruption.close();
  }
}
