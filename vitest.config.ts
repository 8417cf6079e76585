import { suite } from './test/suite.ts';

/** All tests but the long ones, which `npm test` runs. Its files share the modules that they load: no test changes any. */
export default suite('test/**/*.test.ts', 120_000, { isolate: false });
