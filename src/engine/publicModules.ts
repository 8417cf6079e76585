import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

const BUILT = /^\.\/dist\/lib\/(.+)\.js$/;

/**
 * The modules that anyone may import of this package, as its package.json `exports` them: name → source below `home`,
 * such as `driftline/stage` → `<home>/src/engine/authoring.ts`. A kind is bundled from these sources in a checkout and in
 * an installed package alike, so that its digest is the same from both; Node itself imports what is built of them.
 */
export function publicModules(home: string): ReadonlyMap<string, string> {
  const { exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest;
  return new Map(
    Object.entries(exports).flatMap(([name, target]) => {
      const built = BUILT.exec(typeof target === 'string' ? target : target.default);
      return built === null ? [] : [[`driftline${name.slice(1)}`, join(home, 'src', `${built[1]}.ts`)]];
    }),
  );
}
