// A clock that is wrong, for tests: preloaded by `node --import 'file:///…/clock.mjs?shift=<milliseconds>'`.
const shift = Number(new URL(import.meta.url).searchParams.get('shift'));
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shift);
    else super(...args);
  }

  static now() {
    return RealDate.now() + shift;
  }
};
