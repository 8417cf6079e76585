import type { Forecast } from '../../../src/engine/forecast.ts';
import type { Digest } from '../../../src/store/canonical.ts';
import type { Ran } from '../fakes.ts';
import type { Way } from './edits.ts';
import { type Results, resultsOf } from './scratch.ts';

/** A law that a run after an edit broke, with the study as a user would write it. */
export class Broken extends Error {
  constructor(law: string, what: unknown, yaml: string) {
    super(`${law}\n${JSON.stringify(what, null, 2)}\nthe study then:\n${yaml}`);
  }
}

/** What was known before a run. */
export interface Told {
  readonly forecasts: readonly Forecast[];
  /** What its targets give in a run from scratch. */
  readonly expected: Results;
  /** Computations whose results were there. */
  readonly done: ReadonlySet<Digest>;
  readonly way: Way;
  readonly yaml: string;
}

/**
 * Holds a run that was not stopped to what was told before: it executes what was forecast, nothing twice, nothing whose
 * result was there, gives what a run from scratch gives, and tells what became of every action. Throws {@link Broken}.
 */
export function checkLaws(ran: Ran, identities: ReadonlyMap<string, Digest>, told: Told): void {
  const { forecasts, expected, done, way, yaml } = told;
  const none = (law: string, found: readonly unknown[]): void => {
    if (found.length > 0) throw new Broken(law, found, yaml);
  };
  const named = (...states: Forecast['state'][]): string[] =>
    forecasts.filter(({ state }) => states.includes(state)).map(({ node }) => node.target);
  const targetsOf = (type: string): string[] =>
    ran.events.flatMap((event) => (event.type === type && 'target' in event ? [event.target] : []));

  const finished = targetsOf('action-finished');
  const executed = new Set(finished);
  const lost = new Set([
    ...ran.actions.flatMap((each) => (each.status === 'failed' ? [each.target] : [])),
    ...targetsOf('action-skipped'),
  ]);
  const possible = new Set(named('run', 'depends'));
  none('executed twice', executed.size < finished.length ? finished : []);
  none(
    'executed, and not forecast',
    [...new Set(ran.executed)].filter((target) => !possible.has(target)),
  );
  none(
    'forecast to run, and neither executed nor lost',
    named('run').filter((target) => !executed.has(target) && !lost.has(target)),
  );
  none(
    'forecast as not needed, and needed',
    named('not-needed').filter((target) => !ran.notNeeded.has(target)),
  );
  none(
    'computed again, though its result was there',
    [...identities].filter(([, identity]) => done.has(identity)),
  );

  const { counts, notNeeded } = ran;
  const all = counts.executed + counts.cached + counts.failed + counts.skipped + notNeeded.size;
  none('not every action is told of', all === forecasts.length ? [] : [counts, notNeeded.size, forecasts.length]);
  if (typeof way.fails !== 'object') none('failed or skipped', [...lost]);
  // With --keep-going, what is lost rests on what failed.
  else if (way.fails.keepGoing) {
    none(
      'skipped for nothing',
      ran.events.filter(
        (event) => event.type === 'action-skipped' && (event.because === event.target || !lost.has(event.because)),
      ),
    );
  }

  const results = resultsOf(ran.records);
  const targets = Object.keys({ ...expected, ...results }).filter((target) => !lost.has(target));
  // Whether what hangs on a lost look is needed was not found out.
  const known = targets.filter((target) => target in results || lost.size === 0);
  none(
    'other results than from scratch',
    known.filter((target) => JSON.stringify(expected[target]) !== JSON.stringify(results[target])),
  );
}
