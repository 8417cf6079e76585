import { nameRun } from '../store/nameRun.ts';
import type { RunRecord } from '../store/runs.ts';
import { CliError, EXIT } from './exit.ts';
import { plural } from './text.ts';

/** The run that a name stands for. Throws {@link CliError} that says why there is none. */
export function runNamed(storeRoot: string, name: string, profile?: string): RunRecord {
  const found = nameRun(storeRoot, name, profile);
  switch (found.state) {
    case 'found':
      return found.record;
    case 'too-few': {
      const there = found.runs === 0 ? 'no run' : `only ${plural(found.runs, 'run')}`;
      throw new CliError(`There is no ${name}: the store has ${there}${profile ? ` of profile ${profile}` : ''}.`);
    }
    case 'unknown':
      throw new CliError(
        `There is no run "${name}". A run is last, last~1, a tag, or the beginning of its id: driftline runs lists them.`,
      );
    case 'ambiguous':
      throw new CliError(
        `"${name}" is the beginning of ${plural(found.ids.length, 'run id')}: ${found.ids.slice(0, 4).join(', ')}${found.ids.length > 4 ? ', …' : ''}.`,
      );
    case 'damaged-tag':
      throw new CliError(
        `The tag ${name} is damaged, and does not say which run it names: driftline tag --delete ${name} removes it.`,
        EXIT.storeDamaged,
      );
    case 'damaged-run':
      throw new CliError(`The journal of run ${found.id} is damaged.`, EXIT.storeDamaged);
    case 'gone':
      throw new CliError(`${name} names run ${found.id}, whose journal is no longer there.`);
  }
}
