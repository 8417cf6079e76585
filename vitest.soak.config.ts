import { suite } from './test/suite.ts';

/** The long tests, which `npm run test:soak` runs. */
export default suite('test/soak/*.soak.ts', 120_000);
