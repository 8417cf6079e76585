import { availableParallelism, hostname, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Acceptable, type Candidate, findAcceptable } from '../../engine/acceptable.ts';
import {
  byChange,
  type Judgement,
  judge,
  recordAccepted,
  sampleCandidates,
  stated,
  type Trial,
} from '../../engine/acceptance.ts';
import type { ActionNode } from '../../engine/graph.ts';
import type { SampleSize } from '../../engine/recompute.ts';
import { allStatements, revoke, statedTargets } from '../../store/acceptedRecords.ts';
import { compareCodePoints, type Digest } from '../../store/canonical.ts';
import { type StatedChange, writeStatement } from '../../store/statements.ts';
import { printAccepting, printStatements } from '../acceptance.ts';
import { CliError, EXIT } from '../exit.ts';
import { interruptible } from '../interruption.ts';
import { localExecutor } from '../localExecutor.ts';
import { openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { plural } from '../text.ts';

export interface AcceptOptions extends StudyOptions {
  readonly because?: string;
  readonly all?: boolean;
  readonly sample?: SampleSize;
  readonly dryRun?: boolean;
  readonly jobs?: number;
  readonly list?: boolean;
  readonly revoke?: string;
  readonly json?: boolean;
}

/** Actions that are computed again unless it is said how many. */
const SAMPLE: SampleSize = { count: 20 };

/** What `driftline accept` did, or would do. */
export interface Accepting {
  readonly dryRun: boolean;
  /** Digest of the statement that was written; null where nothing was recorded. */
  readonly statement: Digest | null;
  readonly accepted: number;
  readonly recomputed: number;
  readonly changes: readonly StatedChange[];
  /** What is accepted: each action by its first name, its key, and the key of the action whose outputs it takes. */
  readonly actions: readonly { readonly target: string; readonly key: Digest; readonly from: Digest }[];
  readonly trials: readonly Trial[];
  readonly refused: readonly {
    readonly stage: string;
    readonly targets: readonly string[];
    /** How many of these were computed again. */
    readonly recomputed: number;
    /** Those that did not come out as recorded. */
    readonly trials: readonly Trial[];
  }[];
  /** Targets of refused stages and of what is made of them. */
  readonly withheld: readonly string[];
  readonly cached: number;
  readonly toRun: readonly string[];
  readonly waiting: readonly string[];
}

/** `driftline accept [target…]`: takes over results across a change of code alone, once a sample proves equal. */
export async function acceptCommand(targets: readonly string[], options: AcceptOptions): Promise<number> {
  const modes = [options.list, options.revoke, options.dryRun, options.because].filter((mode) => mode !== undefined);
  if (modes.length > 1 && !(options.dryRun && modes.length === 2 && options.because !== undefined)) {
    throw new CliError('--list, --revoke and --because (or --dry-run) are three different things: give one of them.');
  }
  const storeRoot = join(dirname(resolve(options.file)), '.driftline');
  if (options.list) return list(storeRoot, options);
  if (options.revoke !== undefined) return takeBack(storeRoot, options.revoke, options);
  const because = options.because?.trim();
  if (!options.dryRun && !because) {
    throw new CliError(
      'Say why the new code changes no result, as in --because "renamed variables": it is kept with what is accepted. --dry-run shows what that would be.',
    );
  }
  const session = await openSession(options);
  const nodes = selectNodes(session, targets);
  const found = findAcceptable(nodes, session);
  const accepting = options.dryRun ? preview(found, options) : await accept(session, nodes, found, because!, options);
  session.stats.save();
  if (options.json) process.stdout.write(`${JSON.stringify(accepting, null, 2)}\n`);
  else printAccepting(accepting);
  return accepting.refused.length > 0 ? EXIT.stageFailed : EXIT.done;
}

const actionOf = ({ key, nodes: [{ target }], origin }: Candidate): Accepting['actions'][number] => ({
  target,
  key,
  from: origin.key,
});

const sizeOf = ({ all, sample }: AcceptOptions): SampleSize => (all ? { fraction: 1 } : (sample ?? SAMPLE));

function preview({ candidates, cached, toRun, waiting }: Acceptable, options: AcceptOptions): Accepting {
  const chosen = sampleCandidates(candidates, sizeOf(options));
  return {
    dryRun: true,
    statement: null,
    accepted: candidates.length,
    recomputed: chosen.length,
    changes: byChange(candidates, new Set(chosen.map(({ key }) => key))),
    actions: candidates.map(actionOf),
    trials: [],
    refused: [],
    withheld: [],
    cached,
    toRun,
    waiting,
  };
}

async function accept(
  session: Session,
  nodes: readonly ActionNode[],
  found: Acceptable,
  because: string,
  options: AcceptOptions,
): Promise<Accepting> {
  const { trials, accepted, refused, withheld } = await compute(session, nodes, found, options);
  const by = { user: userName(), host: hostname(), at: new Date().toISOString() };
  let recorded = accepted;
  const statement = recordAccepted(accepted, session, (open) => {
    recorded = open;
    return writeStatement(session.storeRoot, { format: 1, because, by, ...stated(open, trials) });
  });
  const said = stated(recorded, trials);
  session.log.close();
  session.leases.close();
  return {
    dryRun: false,
    statement: statement ?? null,
    accepted: said.accepted,
    recomputed: said.recomputed.length,
    changes: said.changes,
    actions: recorded.map(actionOf),
    trials,
    refused: refused.map((stage) => ({
      stage,
      targets: found.candidates.flatMap((one) =>
        one.nodes.flatMap((node) => (node.stage.name === stage ? [node.target] : [])),
      ),
      recomputed: trials.filter((trial) => trial.stage === stage).length,
      trials: trials.filter((trial) => trial.stage === stage && trial.state !== 'same'),
    })),
    withheld,
    cached: found.cached,
    toRun: found.toRun,
    waiting: found.waiting,
  };
}

async function compute(
  session: Session,
  nodes: readonly ActionNode[],
  found: Acceptable,
  options: AcceptOptions,
): Promise<Judgement> {
  const jobs = options.jobs ?? availableParallelism();
  const executor = localExecutor(jobs);
  const { signal, close } = interruptible('Stopped: nothing was accepted.');
  try {
    return await judge(nodes, found, sampleCandidates(found.candidates, sizeOf(options)), {
      ...session,
      executor,
      jobs,
      signal,
      isSound: () => true, // a damaged input fails the trial that reads it
    });
  } finally {
    await executor.close();
    close();
  }
}

/** A machine may not know who it is that uses it. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function list(storeRoot: string, { json }: AcceptOptions): number {
  const targets = statedTargets(storeRoot);
  const all = [...allStatements(storeRoot)]
    .map(([id, statement]) => ({ id, ...statement, records: targets.get(id)?.length ?? 0 }))
    .sort((a, b) => compareCodePoints(a.by.at, b.by.at) || compareCodePoints(a.id, b.id));
  if (json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  else printStatements(all);
  return EXIT.done;
}

/** Takes back the statement whose digest begins so. */
function takeBack(storeRoot: string, name: string, { json }: AcceptOptions): number {
  const known = new Set([...allStatements(storeRoot).keys(), ...statedTargets(storeRoot).keys()]);
  const meant = [...known].filter((id) => name.length >= 4 && id.startsWith(name));
  if (meant.length !== 1) {
    throw new CliError(
      meant.length === 0
        ? `There is no statement "${name}". driftline accept --list lists them.`
        : `"${name}" begins ${meant.length} statements: give more of the one that is meant.`,
    );
  }
  const removed = revoke(storeRoot, new Set(meant));
  if (json) process.stdout.write(`${JSON.stringify({ revoked: meant[0], removed }, null, 2)}\n`);
  else {
    const what =
      removed.length === 1 ? 'with 1 result that rested' : `with ${plural(removed.length, 'result')} that rested`;
    process.stdout.write(
      `Took back statement ${meant[0].slice(0, 12)}, ${what} on it. driftline run computes what is needed.\n`,
    );
  }
  return EXIT.done;
}
