import type { Failure } from '../../engine/events.ts';
import type { Refusal } from '../../store/storeError.ts';
import { BEFALLEN, type JobOutcome } from './parse.ts';
import { EXIT_CODES, refusalOf } from './resultFiles.ts';

/**
 * What becomes of the actions that a job ended without telling of. `again`: through no fault of theirs; `continue`: its time
 * was up, and a run that grows can go on; `split`: several shared the job, and it is not known which was to blame, so
 * each gets one of its own; `refuse`: the store could not be written there.
 */
export type Fate =
  | { readonly is: 'again'; readonly words: string }
  | { readonly is: 'continue'; readonly words: string }
  | { readonly is: 'split' }
  | { readonly is: 'refuse'; readonly code: Refusal['code'] }
  | { readonly is: 'fail'; readonly failure: Failure };

/**
 * @param outcome undefined where the cluster knows nothing of the job any more
 * @param actions how many of the job's are without a result
 * @param job for people
 * @param log the last lines that the job printed
 */
export function fateOf(outcome: JobOutcome | undefined, actions: number, job: string, log = ''): Fate {
  if (outcome === undefined) return { is: 'again', words: `its job ${job} was lost: Slurm knows nothing of it` };
  const { word, code, signal } = outcome;
  const refusal = refusalOf(code);
  if (word === 'CANCELLED') {
    return { is: 'fail', failure: { kind: 'cancelled', message: `its job ${job} was cancelled on the cluster` } };
  }
  if (BEFALLEN.includes(word)) return { is: 'again', words: `its job ${job} ended with ${word}` };
  if (word === 'COMPLETED') return { is: 'again', words: `its job ${job} ended, and its results were not seen` };
  if (refusal !== undefined) return { is: 'refuse', code: refusal };
  if (code === EXIT_CODES.stopped) return { is: 'continue', words: `its job ${job} was stopped` };
  if (code === EXIT_CODES.noAction) {
    return {
      is: 'again',
      words: `its job ${job} did not find its action file, or the code that it names: is the store on a shared disk?`,
    };
  }
  if (word === 'TIMEOUT' || word === 'DEADLINE') {
    if (actions > 1) return { is: 'split' };
    return { is: 'continue', words: `its job ${job} reached its time limit; executor: { time: … } sets another` };
  }
  if (actions > 1) return { is: 'split' };
  if (word === 'OUT_OF_MEMORY') {
    const message = `its job ${job} ran out of memory; executor: { memory: … } sets another limit`;
    return { is: 'fail', failure: { kind: 'out-of-memory', message } };
  }
  const how = signal > 0 ? `by signal ${signal}` : `with code ${code}`;
  const guess = signal === 9 ? ': often it had no memory left; executor: { memory: … } asks for more' : '';
  const said = log === '' ? '' : `\n${log}`;
  return { is: 'fail', failure: { kind: 'exited', message: `its job ${job} ended ${how} (${word})${guess}${said}` } };
}
