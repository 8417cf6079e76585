/** A stream as far as it matters here. */
type Shown = Pick<NodeJS.WriteStream, 'isTTY'>;

type Environment = Readonly<Record<string, string | undefined>>;

const isSaid = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Whether a variable says yes: it is there, and is neither empty, 0 nor false. */
const isYes = (value: string | undefined): boolean => isSaid(value) && !/^(0|false)$/i.test(value!);

/**
 * Whether output may be coloured: FORCE_COLOR decides where it is said, also for a pipe; then NO_COLOR; else only a
 * terminal is.
 */
export function coloured({ isTTY }: Shown, env: Environment = process.env): boolean {
  if (isSaid(env.FORCE_COLOR)) return isYes(env.FORCE_COLOR);
  return isTTY === true && !isSaid(env.NO_COLOR) && env.TERM !== 'dumb';
}

/** Whether a line may be drawn over: in a terminal that somebody looks at, not in the log of a CI. */
export const isLive = ({ isTTY }: Shown, env: Environment = process.env): boolean =>
  isTTY === true && !isYes(env.CI) && env.TERM !== 'dumb';

/**
 * Whether what shows a stream has more than ASCII: not the console of Windows before Windows Terminal, not Linux' own,
 * and nothing where the locale says so. A pipe or a file takes UTF-8 whatever this terminal shows.
 */
export function showsUnicode(
  { isTTY }: Shown,
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (isTTY !== true) return true;
  if (platform === 'win32') {
    return isSaid(env.WT_SESSION) || env.TERM_PROGRAM === 'vscode' || /^(xterm|alacritty)/.test(env.TERM ?? '');
  }
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(isSaid);
  return env.TERM !== 'linux' && (locale === undefined || /utf-?8/i.test(locale));
}

/** What stands for each character of ours where there is only ASCII; most of them keep columns as wide as they were. */
const ASCII: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '◐': '~',
  '·': '-',
  '×': 'x',
  '→': '>',
  '…': '.',
  '±': '~',
  '–': '-',
  '—': '-',
  '’': "'",
  '“': '"',
  '”': '"',
  '≤': '<=',
  '≥': '>=',
  '█': '#',
  '░': '.',
};

export const inAscii = (text: string): string =>
  text.replace(/[^\n -~]/g, (character) => ASCII[character] ?? character);

/** Makes a stream write in ASCII what is ours to write so; names and texts of a study stay as they are. */
export function writeInAscii(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...more: unknown[]) => boolean;
  stream.write = ((chunk: unknown, ...more: unknown[]) =>
    write(typeof chunk === 'string' ? inAscii(chunk) : chunk, ...more)) as typeof stream.write;
}
