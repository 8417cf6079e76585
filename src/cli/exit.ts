/** The documented exit codes. */
export const EXIT = {
  done: 0,
  stageFailed: 1,
  invalid: 2,
  claimRefuted: 3,
  storeDamaged: 4,
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
