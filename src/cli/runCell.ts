import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActionNode, dependencies } from '../engine/graph.ts';
import { Recorder } from '../engine/recorder.ts';
import { type ResolvedAction, resolveAction } from '../engine/resolve.ts';
import { withPlaces } from '../engine/sourcePlaces.ts';
import { storeFiles } from '../engine/storeFiles.ts';
import type { ActionRecord, StoredOutput } from '../store/actions.ts';
import { Cas } from '../store/cas.ts';
import { StoreError } from '../store/storeError.ts';
import { nearest } from '../tables/nearest.ts';
import { CliError, EXIT } from './exit.ts';
import { failureWords, quoted } from './failureWords.ts';
import { type Ended, performHere } from './performHere.ts';
import { currentRecords, forecastSession, resolveTarget, type Session } from './session.ts';
import { tableLines } from './tableLines.ts';
import { bytes, duration, paint, plural } from './text.ts';

export interface CellOptions {
  readonly json?: boolean;
  /** Wait for a debugger; of a program, leave its folder. */
  readonly debug?: boolean;
  readonly port?: number;
  /** Keep what it gives, as a run does. */
  readonly record?: boolean;
}

/** Rows of each table that are shown. */
const ROWS = 5;

/**
 * Runs one action of a study in this thread, with its inputs from the store, and prints what it gave; undefined where
 * the name is no target but may be a kind's. Recorded is nothing unless that is asked for.
 */
export async function runCell(session: Session, target: string, options: CellOptions): Promise<number | undefined> {
  const node = nodeOf(session, target);
  if (node === undefined) return undefined;
  const forecasts = forecastSession(
    session,
    session.graph.select((each) => each === node),
  );
  const records = currentRecords(forecasts);
  const states = new Map(forecasts.map((item) => [item.node.target, item.state]));
  const missing = [...new Set(dependencies(node))].filter(
    (each) => !['cached', 'not-needed'].includes(states.get(each)!),
  );
  if (missing.length > 0) throw new CliError(missingWords(node.target, missing), EXIT.stageFailed);
  const action = resolveAction(node, { ...session, record: (each) => records.get(each) });
  const changed = storeFiles(action, session.studyRoot, session.cas);
  if (changed !== undefined) throw new CliError(changed.message, EXIT.stageFailed);
  const outputRoot = mkdtempSync(join(tmpdir(), 'driftline-alone-'));
  try {
    if (options.record && !session.leases.acquire(action.key)) {
      throw new CliError(`${node.target}: another run is at it. Try again when that has ended.`, EXIT.stageFailed);
    }
    const task = options.record ? action.task : { ...action.task, outputRoot };
    const ended = await performHere({ ...action, task }, options);
    if (!ended.ok) return printFailure(action, ended);
    const before = records.get(node.target);
    if (options.record) await record(session, action, ended);
    const cas = options.record ? session.cas : new Cas(outputRoot);
    print(action, ended, before, cas, options);
    return EXIT.done;
  } finally {
    session.leases.close();
    session.log.close();
    rmSync(outputRoot, { recursive: true, force: true });
  }
}

/** The one action that a name stands for; undefined where it may be a kind. Throws {@link CliError}. */
function nodeOf(session: Session, target: string): ActionNode | undefined {
  const { nodes } = session.graph;
  const exact = nodes.get(target) ?? nodes.get(`claim:${target}`);
  if (exact !== undefined) return exact;
  const own = [...nodes.values()].filter(
    ({ stage, role }) => stage.name === target && (role === 'run' || role === 'combine'),
  );
  if (own.length === 1) return own[0];
  if (own.length > 1) {
    const cells = own.filter(({ replicate }) => replicate === null);
    const names = (cells.length > 0 ? cells : own).map((node) => node.target);
    const some = `${names.slice(0, 3).join(', ')}${names.length > 3 ? `, … ${names.at(-1)}` : ''}`;
    throw new CliError(`${target} is ${plural(names.length, 'cell')}, and one is run alone. Name it: ${some}.`);
  }
  // What is no target may be a kind of stage, or a slip.
  if (session.kinds.has(target) || nearest(target, [...nodes.keys()]) === undefined) return undefined;
  resolveTarget(session, target);
  return undefined;
}

function missingWords(target: string, missing: readonly string[]): string {
  const some = missing.slice(0, 3).join(', ');
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  const command =
    missing.length > 3 ? 'driftline run' : `driftline run ${missing.map((name) => quoted(name)).join(' ')}`;
  return `${target} needs results that are not there: ${some}${more}. Make them with: ${command}`;
}

async function printFailure({ node, key, kind }: ResolvedAction, { failure }: Ended & { ok: false }): Promise<number> {
  if (failure.refusal !== undefined) throw new StoreError(failure.refusal);
  const placed = await withPlaces(failure, kind);
  const event = { type: 'action-failed', target: node.target, stage: node.stage.name, attempt: 1 } as const;
  for (const line of failureWords({ ...event, key, failure: placed }, process.stderr, {})) {
    process.stderr.write(`${line}\n`);
  }
  return EXIT.stageFailed;
}

async function record(
  { log, runId }: Session,
  action: ResolvedAction,
  { outputs, seconds }: Ended & { ok: true },
): Promise<void> {
  const recorder = new Recorder(log);
  const written = recorder.record(action, { outputs, seconds, run: runId, target: action.node.target });
  recorder.flush();
  await written;
}

type Comparison = 'as recorded' | 'other than recorded' | 'not recorded before';

function comparison(output: StoredOutput, before: ActionRecord | undefined, name: string): Comparison {
  if (before === undefined) return 'not recorded before';
  return before.outputs[name]?.digest === output.digest ? 'as recorded' : 'other than recorded';
}

function print(
  { node, key }: ResolvedAction,
  { outputs, seconds }: Ended & { ok: true },
  before: ActionRecord | undefined,
  cas: Cas,
  { json, record: isRecorded = false }: CellOptions,
): void {
  const compared = Object.entries(outputs).map(([name, output]) => ({
    name,
    ...output,
    is: comparison(output, before, name),
  }));
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ target: node.target, key, seconds, recorded: isRecorded, outputs: compared }, null, 2)}\n`,
    );
    return;
  }
  const kept = isRecorded ? 'and recorded' : 'nothing was recorded';
  process.stdout.write(`${paint('green', '✓')} ${node.target}: ${duration(seconds)}, ${kept}\n`);
  for (const { name, digest, rows, bytes: size, is } of compared) {
    const extent = rows === undefined ? bytes(size) : plural(rows, 'row');
    const colour = is === 'other than recorded' ? 'red' : 'dim';
    process.stdout.write(`\n${paint('bold', name)}  ${extent}, ${paint(colour, is)}\n`);
    if (rows === undefined) continue;
    const lines = tableLines(cas.get(digest), { rows: ROWS, stream: process.stdout, indent: 2 });
    process.stdout.write(`${lines.map((line) => `  ${line}`).join('\n')}\n`);
  }
}
