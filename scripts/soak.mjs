// `npm run test:soak`: the long tests, of test/soak/; ends with one line `N passed, N failed`. Arguments go to vitest.
import { close, vitest } from './vitest.mjs';

close(vitest(['--config', 'vitest.soak.config.ts', ...process.argv.slice(2)]));
