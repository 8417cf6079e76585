export interface ProgramAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What goes wrong with a call of a program. */
export interface CallFault {
  readonly program: string;
  /** How many calls it befalls; 1 unless told. */
  readonly times?: number;
  /** Only calls with such arguments, joined by spaces. */
  readonly args?: RegExp;
  /** Whether what was asked for is done all the same; it is where only the time of the answer is wrong. */
  readonly done?: boolean;
  /** What is answered: this, or made of the right answer. Without it, the right one. */
  readonly answer?: ProgramAnswer | ((right: ProgramAnswer) => ProgramAnswer);
  /** Milliseconds until it is answered; infinite: never. */
  readonly delay?: number;
}

/** What befalls a job that starts. Times are in milliseconds since it did. */
export type Mishap =
  /** It counts as completed, and its script never ran. */
  | { readonly is: 'never-runs' }
  /** It counts as completed at once, and its script starts later: what it writes is seen late. */
  | { readonly is: 'late'; readonly by: number }
  /** The controller forgets it; its script goes on, or ends with it. */
  | { readonly is: 'forgotten'; readonly after: number; readonly goesOn: boolean }
  | { readonly is: 'out-of-memory'; readonly after: number }
  | { readonly is: 'cancelled'; readonly after: number }
  /** Its time limit is this one, with the warning that it asked for. */
  | { readonly is: 'time-limit'; readonly after: number; readonly warning?: number }
  /** Its node fails; its script goes on as an orphan, or ends with it. */
  | { readonly is: 'node-fails'; readonly after: number; readonly orphan: boolean };

export interface JobFault {
  readonly mishap: Mishap;
  /** How many jobs it befalls; 1 unless told. */
  readonly times?: number;
  /** Only jobs of such a name. */
  readonly name?: RegExp;
  /** Only those with this number in their array. */
  readonly task?: number;
}

const refused = (err: string): ProgramAnswer => ({ code: 1, out: '', err });
const submitFailed = (words: string) => refused(`sbatch: error: Batch job submission failed: ${words}\n`);

/** Slurm's answers when something is wrong, in its own words. */
export const ANSWERS = {
  timedOut: submitFailed('Socket timed out on send/recv operation'),
  unableToAccept: refused(
    'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\nsbatch: error: Batch job submission failed: Resource temporarily unavailable\n',
  ),
  invalidPartition: submitFailed('Invalid partition name specified'),
  submitLimit: refused(
    "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n",
  ),
  invalidArray: submitFailed('Invalid job array specification'),
  unavailableNodes: refused(
    'sbatch: error: Memory specification can not be satisfied\nsbatch: error: Batch job submission failed: Requested node configuration is not available\n',
  ),
  noController: refused('slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n'),
  queueTimedOut: refused('slurm_load_jobs error: Socket timed out on send/recv operation\n'),
  invalidJob: refused('slurm_load_jobs error: Invalid job id specified\n'),
  garbage: { code: 0, out: '\u0000\ufffd|||\n<html>502</html>\n12 34|RUN', err: '' },
} as const satisfies Record<string, ProgramAnswer>;

/** Faults by the names that tests speak of. */
export const FAULTS = {
  /** Accepted, but whoever submitted is told that it timed out. */
  acceptedButTimedOut: (times = 1): CallFault => ({ program: 'sbatch', times, done: true, answer: ANSWERS.timedOut }),
  /** Not accepted; the same words. */
  submitTimedOut: (times = 1): CallFault => ({ program: 'sbatch', times, answer: ANSWERS.timedOut }),
  unableToAccept: (times = 1): CallFault => ({ program: 'sbatch', times, answer: ANSWERS.unableToAccept }),
  invalidPartition: (times = 1): CallFault => ({ program: 'sbatch', times, answer: ANSWERS.invalidPartition }),
  noController: (program: string, times = 1): CallFault => ({ program, times, answer: ANSWERS.noController }),
  garbage: (program: string, times = 1): CallFault => ({ program, times, done: true, answer: ANSWERS.garbage }),
  /** No answer at all, and nothing done. */
  silent: (program: string, times = 1): CallFault => ({ program, times, done: false, delay: Number.POSITIVE_INFINITY }),
  /** No answer at all, and all done. */
  acceptedButSilent: (times = 1): CallFault => ({ program: 'sbatch', times, delay: Number.POSITIVE_INFINITY }),
  /** All states are UNKNOWN, which the controller says of what it does not hear of. */
  unknownStates: (program: string, times = 1): CallFault => ({
    program,
    times,
    done: true,
    answer: (right) => ({ ...right, out: right.out.replaceAll(/\b(RUNNING|PENDING|COMPLETED)\b/g, 'UNKNOWN') }),
  }),
} as const;
