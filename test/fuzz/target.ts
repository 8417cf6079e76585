/** Something that takes untrusted bytes. */
export interface Target {
  /** Also the folder of its corpus. */
  readonly name: string;
  /** What it is made of: put into inputs, and put together to inputs. */
  readonly words: readonly string[];
  /** Names of the errors with which it may refuse; any other is a finding. */
  readonly refuses: readonly string[];
  /** Inputs of this target to one of another: some take a hundred times as long. */
  readonly share: number;
  take(input: Uint8Array): unknown;
}

/** What was found: a target that broke, on which input, and how. */
export interface Finding {
  readonly target: string;
  readonly input: Uint8Array;
  readonly error: string;
}
