import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { Inspected } from './inspected.ts';
import { ending, SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
let study: TemporaryStudy;

beforeAll(() => {
  study = new TemporaryStudy(folder(), SMALL);
});

/** Starts a cell under the inspector, and waits for the address that it prints. */
async function debugged(...args: string[]) {
  const child = study.start(['stage', 'run', 'squares[scale=1]', '--debug', ...args]);
  let err = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = ending(child);
  const address = async (): Promise<string> => {
    for (;;) {
      const found = /Waiting for a debugger at (\S+)\./.exec(err);
      if (found !== null && err.includes('It stops right before')) return found[1];
      await sleep(20);
    }
  };
  return { address: await address(), ended, child, told: () => err };
}

describe('driftline stage run --debug', () => {
  it('waits on this machine alone for a debugger, stops before the stage, shows its source, and goes on', async () => {
    const { address, ended, told } = await debugged('--port', String(19_000 + (process.pid % 10_000)));
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(told()).toContain(`node inspect ${address}`);
    expect(told()).toContain('which is stages/squares.ts.');
    const targets = (await (await fetch(`http://${address}/json/list`)).json()) as { webSocketDebuggerUrl: string }[];
    const inspected = await Inspected.at(targets[0].webSocketDebuggerUrl);
    await inspected.send('Debugger.enable');
    await inspected.send('Runtime.enable');
    await inspected.send('Runtime.runIfWaitingForDebugger');
    await inspected.event('Debugger.paused');
    await inspected.send('Debugger.stepInto');
    await inspected.event('Debugger.paused');
    await inspected.send('Debugger.stepInto');
    await inspected.event('Debugger.paused');
    const places = await inspected.sourcesOfKinds();
    expect(places).toContain(`file://${study.root}/stages/squares.ts`);
    await inspected.send('Debugger.resume');
    // As Node does it: what was debugged is there to be looked at until the debugger goes.
    while (!told().includes('Waiting for the debugger to disconnect')) await sleep(20);
    inspected.close();
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ squares\[scale=1\]: .*, nothing was recorded\n\nrows {2}3 rows, not recorded before\n/);
  });

  it('takes another port where the usual one is taken, and says so of one that was asked for', async () => {
    const first = await debugged();
    const second = await debugged();
    expect(second.address).not.toBe(first.address);
    const port = second.address.split(':')[1];
    const { code, err } = await study.driftline('stage', 'run', 'squares[scale=1]', '--debug', '--port', port);
    expect(code).toBe(1);
    expect(err).toContain(`Port ${port} of this machine is taken.`);
    for (const { child, ended } of [first, second]) {
      child.kill('SIGINT'); // it is given up while it waits
      expect((await ended).code).not.toBe(0);
    }
  });
});
