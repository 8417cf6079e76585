/** A program's options: by long name, its letter (or none) and whether a value follows. */
export type OptionTable = Readonly<Record<string, { readonly letter?: string; readonly value?: boolean }>>;

export interface Parsed {
  readonly options: ReadonlyMap<string, string>;
  readonly words: readonly string[];
  /** An option that the program does not know. */
  readonly unknown?: string;
}

/**
 * Reads arguments as getopt_long does. With `mixed`, options may stand behind words as well; without, the first word ends them:
 * sbatch's are followed by the script and its own arguments.
 */
export function parseOptions(args: readonly string[], table: OptionTable, mixed: boolean): Parsed {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === '--') return { options, words: [...words, ...args.slice(at + 1)] };
    if (!arg.startsWith('-') || arg === '-') {
      if (!mixed) return { options, words: args.slice(at) };
      words.push(arg);
      continue;
    }
    const long = arg.startsWith('--');
    const equals = arg.indexOf('=');
    const given = long ? arg.slice(2, equals < 0 ? undefined : equals) : arg[1];
    const [name, option] = Object.entries(table).find(([key, { letter }]) => (long ? key : letter) === given) ?? [];
    if (name === undefined) return { options, words, unknown: arg };
    const attached = long ? (equals < 0 ? undefined : arg.slice(equals + 1)) : arg.slice(2) || undefined;
    if (option!.value) options.set(name, attached ?? args[++at] ?? '');
    else {
      options.set(name, '');
      if (!long && attached !== undefined) args = [...args.slice(0, at + 1), `-${attached}`, ...args.slice(at + 1)];
    }
  }
  return { options, words };
}
