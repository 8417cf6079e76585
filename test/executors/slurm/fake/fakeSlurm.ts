/**
 * A Slurm that is not there, for tests: programs sbatch, squeue, scancel, scontrol, sacct and sinfo in a folder that is put
 * on PATH. They speak, through a socket, with a controller in the test's own process, which runs the jobs' scripts as
 * processes of this machine and lies as it is told:
 *
 *     const slurm = await startFakeSlurm({ nodes: 2, maxArraySize: 11 });
 *     slurm.cluster.onCall(FAULTS.acceptedButTimedOut());           // the next sbatch
 *     slurm.cluster.onJob({ mishap: { is: 'out-of-memory', after: 50 }, task: 3 });
 *     … spawn('sbatch', …, { env: slurm.environment(process.env) }) …
 *     expect(slurm.cluster.count('sbatch')).toBe(2);
 *     await slurm.stop();
 *
 * What its programs print is held against the real ones' output in test/cluster. For simulations of thousands of nodes,
 * {@link call} answers in this process and FakeCluster takes a clock and a runner of scripts of one's own.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machineClock } from './clock.ts';
import { DEFAULT_SETTINGS, FakeCluster, type FakeSettings } from './cluster.ts';
import { ProcessRunner } from './processes.ts';
import { call, PROGRAMS } from './programs.ts';

const CLIENT = fileURLToPath(new URL('client.mjs', import.meta.url));

export interface FakeSlurm {
  readonly cluster: FakeCluster;
  /** Holds the programs. */
  readonly bin: string;
  /** An environment in which these programs are found first. */
  environment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** Ends all jobs too. */
  stop(): Promise<void>;
}

export async function startFakeSlurm(settings: Partial<FakeSettings> = {}): Promise<FakeSlurm> {
  // A socket's path may have a hundred characters, and tests' folders nest.
  const folder = mkdtempSync(join(tmpdir(), 'fake-slurm-'));
  const bin = join(folder, 'bin');
  const socket = join(folder, 'socket');
  const cluster = new FakeCluster(
    { ...DEFAULT_SETTINGS, ...settings },
    machineClock,
    new ProcessRunner(join(folder, 'spool')),
  );
  const open = new Set<Socket>();
  const server = createServer((connection) => {
    open.add(connection);
    connection.on('close', () => open.delete(connection));
    connection.on('error', () => undefined); // a caller that was killed
    serve(cluster, connection);
  });
  await new Promise<void>((listening) => server.listen(socket, listening));
  mkdirSync(bin);
  for (const name of Object.keys(PROGRAMS)) {
    const file = join(bin, name);
    // Certificates for npm cost each start of Node time, and this needs none.
    const words = [process.execPath, CLIENT, socket, name].map((word) => `'${word}'`).join(' ');
    writeFileSync(file, `#!/bin/sh\nunset NODE_EXTRA_CA_CERTS NODE_OPTIONS\nexec ${words} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return {
    cluster,
    bin,
    environment: (base) => ({ ...base, PATH: `${bin}:${base.PATH ?? ''}` }),
    stop: async () => {
      await cluster.close();
      for (const connection of open) connection.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One call: a line of JSON comes, another goes. */
function serve(cluster: FakeCluster, connection: Socket): void {
  let text = '';
  connection.setEncoding('utf8').on('data', async (part: string) => {
    text += part;
    if (!text.endsWith('\n')) return;
    const { program, ...invocation } = JSON.parse(text);
    const answer = await call(cluster, program, { ...invocation, readFile });
    if (answer !== undefined) connection.end(JSON.stringify(answer)); // otherwise it waits until its caller gives up
  });
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
