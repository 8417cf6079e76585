import { fileURLToPath } from 'node:url';

/** Before all tests: the command line and the worker are built from the sources that are tested. */
export default async function setup(): Promise<void> {
  const bootstrap = new URL('../bin/bootstrap.mjs', import.meta.url).href;
  const { prepare } = (await import(bootstrap)) as { prepare(root: string): Promise<void> };
  await prepare(fileURLToPath(new URL('..', import.meta.url)));
}
