import { writeFileSync } from 'node:fs';
import { open, url, waitForDebugger as wait } from 'node:inspector';
import { join, relative } from 'node:path';
import { bundleToDebug } from '../engine/bundle.ts';
import type { LoadedKind } from '../engine/kinds.ts';
import { CliError, EXIT } from './exit.ts';

/** Where Node's own --inspect listens, and where tools look. */
const USUAL_PORT = 9229;

/** Never another address: who can reach an inspector can run anything. */
const LOOPBACK = '127.0.0.1';

/**
 * Opens Node's inspector on this machine alone and waits until a debugger is attached. Gives the file of a kind's bundle
 * that names its sources and stops right before the kind runs. The inspector is opened here and not by `node
 * --inspect-brk`, which would stop at the first line of this program instead.
 */
export async function waitForDebugger(
  kind: LoadedKind,
  folder: string,
  port: number | undefined,
  say: (line: string) => unknown,
): Promise<string> {
  if (kind.source === undefined) throw new CliError(`${kind.uses} has no source that a debugger could show.`);
  const bundle = join(folder, 'kind.mjs');
  writeFileSync(bundle, await bundleToDebug(kind.source));
  const stopping = join(folder, 'stopping.mjs');
  writeFileSync(stopping, STOPPING);
  open(port ?? USUAL_PORT, LOOPBACK);
  if (url() === undefined && port === undefined) open(0, LOOPBACK); // another program may be debugged already
  const address = url();
  if (address === undefined) {
    throw new CliError(`Port ${port} of this machine is taken. --port names another one.`, EXIT.stageFailed);
  }
  const { host, port: at } = new URL(address);
  say(`Waiting for a debugger at ${host}. Any of these attaches one:`);
  say(
    `  Chrome or Edge   open chrome://inspect, and there "inspect" below Remote Target${at === String(USUAL_PORT) ? '' : ` (Configure: ${host})`}`,
  );
  say(
    `  VS Code          the command "Debug: Attach to Node Process"${at === String(USUAL_PORT) ? '' : `, or a launch configuration with "port": ${at}`}`,
  );
  say(`  this terminal    node inspect ${host}`);
  say(
    `It stops right before the stage runs: step into the call, which is ${relative(process.cwd(), kind.source.path)}.`,
  );
  wait();
  return stopping;
}

/** Imported in place of the kind: a debugger stops here, one step before the kind's own code. */
const STOPPING = `import stage from './kind.mjs';
const stopped = (call) => (context) => {
  debugger; // step into the next line: it is the stage
  return call(context);
};
export default {
  ...stage,
  run: stopped((context) => stage.run(context)),
  ...(stage.replicates && {
    replicates: { ...stage.replicates, combine: stopped((context) => stage.replicates.combine(context)) },
  }),
};
`;
