import type { Budget } from './budget.ts';
import type { StudyFiles } from './files.ts';
import type { Parameters } from './parameters.ts';
import type { Problems } from './problems.ts';

/** What every pass over a study shares. */
export interface Context {
  readonly problems: Problems;
  readonly budget: Budget;
  readonly params: Parameters;
  readonly files: StudyFiles;
  readonly mainFile: string;
  /** Some file could not be read, so a name that is not found may stand there. */
  readonly incomplete: boolean;
  /** Names of all stages, of those that are wrong as well. */
  readonly declared: ReadonlySet<string>;
}
