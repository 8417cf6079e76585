/** A question of optimal control that has no answer, with the parameter at fault. */
export class ControlError extends RangeError {
  override readonly name = 'ControlError';
  readonly parameter: string;

  constructor(parameter: string, message: string) {
    super(message);
    this.parameter = parameter;
  }
}
