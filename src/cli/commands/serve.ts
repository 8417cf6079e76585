import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Answers } from '../../dashboard/answers.ts';
import { Follower } from '../../dashboard/follower.ts';
import type { OpenStudy } from '../../dashboard/liveStudy.ts';
import { LiveServer } from '../../dashboard/server.ts';
import { SoFarFigures } from '../../dashboard/soFarFigure.ts';
import { forecasting } from '../../engine/forecast.ts';
import { studyDigest } from '../../engine/studyDigest.ts';
import { liveSecret } from '../../store/liveSecret.ts';
import { CliError, EXIT } from '../exit.ts';
import { interruptible } from '../interruption.ts';
import { LiveCommands } from '../liveCommands.ts';
import { localExecutor } from '../localExecutor.ts';
import { PACKAGE_ROOT, VERSION } from '../package.ts';
import { openSession, type StudyOptions } from '../session.ts';

export interface ServeOptions extends StudyOptions {
  readonly port?: number;
  readonly jobs?: number;
  readonly json?: boolean;
}

/** Tried first, so that a page finds its server again; where it is taken and nobody asked for it, any other does. */
const USUAL_PORT = 4477;

/** `driftline serve`: the live view, until it is interrupted. */
export async function serveCommand(options: ServeOptions): Promise<number> {
  const studies = {
    file: basename(options.file),
    open: (profile: string | null, set: Readonly<Record<string, string>>): Promise<OpenStudy> =>
      openStudy({ file: options.file, set, ...(profile !== null && { profile }) }),
  };
  const follower = new Follower(studies, await openStudy(options));
  await follower.look();
  const secret = liveSecret(follower.study.open.storeRoot);
  // Another port may have been taken from this server by somebody who then heard what its pages sent there.
  const tokenAt = (port: number): string => createHmac('sha256', secret).update(String(port)).digest('base64url');
  const trouble = (error: unknown): void => {
    process.stderr.write(`${error instanceof CliError ? error.message : ((error as Error).stack ?? String(error))}\n`);
  };
  let server: LiveServer | undefined;
  const commands = new LiveCommands(follower, options, (code, words) => server?.say(code, words));
  const script = readFileSync(join(PACKAGE_ROOT, 'dist', 'dashboard', 'page.js'), 'utf8');
  const drawing = localExecutor(1);
  const soFar = new SoFarFigures(commands.scratch, () => drawing);
  const answers = new Answers(follower);
  answers.snapshot(); // what takes time is done before anybody waits for it
  const all = { soFar, follower, answers, commands, tokenAt, script, version: VERSION, trouble };
  server = await listen((port) => LiveServer.start({ ...all, port }), options.port);
  const { token } = server;
  const address = `${server.address}#token=${token}`;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ address: server.address, port: server.port, token })}\n`
      : `${address}\nOpen this address: whoever has it sees the study and may run it. Ctrl-C ends the view; a run goes on.\n`,
  );
  const interruption = interruptible('Stopped.');
  await new Promise<void>((resolve) => interruption.signal.addEventListener('abort', () => resolve()));
  interruption.close();
  await server.close();
  await drawing.close();
  commands.close();
  return EXIT.done;
}

/** A study is read again while pages are open: whatever else asks has its turn in between. */
const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function openStudy(options: StudyOptions): Promise<OpenStudy> {
  const session = await openSession(options);
  await others();
  const nodes = session.graph.select();
  const steps = forecasting(nodes, session);
  let step = steps.next();
  for (; !step.done; step = steps.next()) await others();
  const forecasts = step.value;
  session.stats.save();
  const { set } = options;
  return { ...session, set, digest: studyDigest(session.plan, session.kinds), forecasts };
}

async function listen<T>(start: (port: number) => Promise<T>, wanted: number | undefined): Promise<T> {
  try {
    return await start(wanted ?? USUAL_PORT);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    if (wanted !== undefined) throw new CliError(`Port ${wanted} cannot be had: ${(error as Error).message}`);
    return start(0);
  }
}
