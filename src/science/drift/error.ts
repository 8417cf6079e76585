/** A drift question that cannot be asked, with the offending parameter's name. */
export class DriftError extends RangeError {
  override readonly name = 'DriftError';
  readonly parameter: string;

  constructor(parameter: string, message: string) {
    super(message);
    this.parameter = parameter;
  }
}
