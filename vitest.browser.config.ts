import { suite } from './test/suite.ts';

/** The tests in a real browser, which `npm run test:browser` runs. */
export default suite('test/browser/*.browser.ts', 120_000, { maxWorkers: 1 });
