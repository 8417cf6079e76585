import { explain } from '../../engine/explain/why.ts';
import { EXIT } from '../exit.ts';
import {
  forecastSession,
  matchesTarget,
  openSession,
  resolveTarget,
  type StudyOptions,
  selectNodes,
} from '../session.ts';
import { printExplanation } from '../whyWords.ts';

/**
 * `driftline why <target>`: why its actions are there, or would run: field by field against what they were before, back
 * to the root causes.
 */
export async function whyCommand(
  target: string,
  options: StudyOptions & { json?: boolean; all?: boolean },
): Promise<number> {
  const session = await openSession(options);
  const name = resolveTarget(session, target);
  const forecasts = forecastSession(session, selectNodes(session, [name]));
  const wanted = forecasts.filter(({ node }) => matchesTarget(node, name));
  const explanation = explain(wanted, forecasts, session);
  if (options.json) {
    const { profile } = session.plan;
    process.stdout.write(`${JSON.stringify({ target: name, profile, ...explanation }, null, 2)}\n`);
  } else printExplanation(name, explanation, { ...options, storeRoot: session.storeRoot });
  return EXIT.done;
}
