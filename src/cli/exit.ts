/** The documented exit codes. */
export const EXIT = {
  /** All that was asked for is done. */
  done: 0,
  /** A stage failed, a file cannot be written, or what an option asked to be so is not (`--locked`, `--exit-code`). */
  stageFailed: 1,
  /** The study or the command line is invalid; nothing was run. */
  invalid: 2,
  /** A claim is refuted, under `--strict`. */
  claimRefuted: 3,
  /** The store is damaged, and was not repaired. */
  storeDamaged: 4,
  /** Interrupted by Ctrl-C or a signal; what is finished is kept. */
  interrupted: 130,
} as const;

/** An error for a person: its message is all that is shown. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: number;

  constructor(message: string, code: number = EXIT.invalid) {
    super(message);
    this.code = code;
  }
}
