import { CommanderError } from 'commander';
import type { SlurmError } from '../executors/slurm/command.ts';
import { StoreError } from '../store/storeError.ts';
import { UntrustedFolder } from '../store/trust.ts';
import { slurmWords } from './clusterWords.ts';
import { CliError, EXIT } from './exit.ts';
import { distrustWords, refusalWords } from './refusal.ts';

export interface ErrorWords {
  /** Empty where all was said already. */
  readonly text: string;
  readonly code: number;
  /** A bug of ours: the text is its stack. */
  readonly unforeseen?: true;
}

/** An error that ended a command, for a person, and the exit code that it gives. */
export function errorWords(error: unknown): ErrorWords {
  if (error instanceof CommanderError) return { text: '', code: error.exitCode === 0 ? EXIT.done : EXIT.invalid };
  if (error instanceof CliError) return { text: error.message, code: error.code };
  const known = error as NodeJS.ErrnoException;
  if (known.name === 'BlobError') {
    const text = `${known.message}. It is of no use and was removed: driftline run computes it again.`;
    return { text, code: EXIT.storeDamaged };
  }
  if (['NotAStageError', 'LockError', 'KeyListError'].includes(known.name)) {
    return { text: known.message, code: EXIT.invalid };
  }
  if (error instanceof Error && 'errors' in error && 'warnings' in error) {
    return { text: `A stage's code cannot be bundled.\n${error.message}`, code: EXIT.invalid };
  }
  const failed = (text: string): ErrorWords => ({ text, code: EXIT.stageFailed });
  if (error instanceof UntrustedFolder) return failed(distrustWords(error.distrust));
  if (known.name === 'SlurmError') return failed(slurmWords(error as SlurmError));
  if (error instanceof StoreError) return failed(refusalWords(error.refusal));
  if (known.code !== undefined && ['EACCES', 'EROFS', 'ENOSPC', 'EPERM'].includes(known.code)) {
    return failed(`The store, the output folder or a file of the study is out of reach: ${known.message}`);
  }
  return { ...failed(`driftline: ${known.stack ?? String(error)}`), unforeseen: true };
}
