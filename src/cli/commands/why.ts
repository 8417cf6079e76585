import { type Explanation, explain } from '../../engine/explain.ts';
import { acceptedWords } from '../acceptance.ts';
import { CliError, EXIT } from '../exit.ts';
import { forecastSession, openSession, type StudyOptions, selectNodes } from '../session.ts';
import { duration, paint } from '../text.ts';

/** Explanations of a stage's actions that are printed unless all are asked for. */
const SHOWN = 8;

/** `driftline why <target>`: why its actions are cached or not, field by field against the nearest earlier action. */
export async function whyCommand(
  target: string,
  options: StudyOptions & { json?: boolean; all?: boolean },
): Promise<number> {
  const session = await openSession(options);
  const forecasts = forecastSession(session, selectNodes(session, [target]));
  const wanted = forecasts.filter(
    ({ node }) => node.target === target || node.stage.name === target || node.stage.name === `claim:${target}`,
  );
  if (wanted.length === 0) throw new CliError(`The study has no target "${target}".`);
  // Each explanation compares with all earlier actions: only those that are shown are worth it.
  const explained = options.all || options.json ? wanted : wanted.slice(0, SHOWN);
  const explanations = explain(explained, forecasts, session);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(explanations, null, 2)}\n`);
    return EXIT.done;
  }
  for (const item of explanations) {
    print(item);
    if (item.state === 'cached' && item.accepted) {
      for (const line of acceptedWords(session.storeRoot, item.key!, item.accepted))
        process.stdout.write(`  ${line}\n`);
    }
  }
  const more = wanted.length - explained.length;
  if (more > 0) process.stdout.write(paint('dim', `and ${more} more (--all)\n`));
  return EXIT.done;
}

function print(item: Explanation): void {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const key = item.key === undefined ? '' : paint('dim', ` ${item.key.slice(0, 12)}`);
  if (item.state === 'shared') {
    say(`${item.target}: the same computation as ${item.with}, which is to run`);
    return;
  }
  if (item.state === 'cached' && item.run === '') {
    say(`${item.target}: nothing to gather, for every cell left that output out`);
    return;
  }
  if (item.state === 'cached') {
    say(
      `${item.target}${key}: cached, computed by run ${item.run} in ${duration(item.seconds)}${item.as !== item.target ? ` as ${item.as}` : ''}`,
    );
    return;
  }
  const words = item.state === 'run' ? 'to run' : 'runs unless its inputs turn out as before';
  say(`${item.target}${key}: ${words}`);
  for (const cause of item.upstream) say(`  waits for ${cause}, which is to run`);
  if (item.state === 'depends') return;
  if (item.lost.length > 0) say(`  it was computed before, but ${item.lost.join(', ')} is no longer in the store`);
  else if (item.nearest === undefined) say('  nothing like it was computed before');
  else {
    say(paint('dim', `  nearest earlier action: ${item.nearest}`));
    for (const { field, from, to } of item.changes) say(`  ${field}: ${from} → ${to}`);
  }
}
