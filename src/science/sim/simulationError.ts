/** Why a simulation could not run: an option out of range, a queue that outgrew memory, or a checkpoint of another run. */
export type SimulationErrorCode = 'option' | 'overflow' | 'checkpoint';

export class SimulationError extends RangeError {
  override readonly name = 'SimulationError';
  readonly code: SimulationErrorCode;
  /** The option at fault, when code is `option`. */
  readonly option: string | undefined;

  constructor(code: SimulationErrorCode, message: string, option?: string) {
    super(message);
    this.code = code;
    this.option = option;
  }
}
