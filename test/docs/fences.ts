/** A fenced block of a Markdown file. */
export interface Fence {
  readonly language: string;
  /** The words behind the language, which a reader does not see. */
  readonly info: string;
  readonly text: string;
  /** The line of its first mark, from 1. */
  readonly line: number;
  /** The heading that it stands under. */
  readonly heading: string;
}

/** The fenced blocks of a Markdown file in order. */
export function fencesOf(markdown: string): Fence[] {
  const found: Fence[] = [];
  const lines = markdown.split('\n');
  let heading = '';
  let open: { language: string; info: string; line: number } | undefined;
  let body: string[] = [];
  for (const [at, line] of lines.entries()) {
    const mark = /^```(\w*) ?(.*)$/.exec(line);
    if (open !== undefined && line === '```') {
      found.push({ ...open, text: body.length === 0 ? '' : `${body.join('\n')}\n`, heading });
      open = undefined;
    } else if (open !== undefined) body.push(line);
    else if (mark !== null) {
      open = { language: mark[1], info: mark[2], line: at + 1 };
      body = [];
    } else heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
  }
  if (open !== undefined) throw new Error(`the block that begins on line ${open.line} is not closed`);
  return found;
}

/** The words of a block's info that are `--name=value`, by their names. */
export function optionsOf({ info }: Fence, name: string): string[] {
  return info.split(' ').flatMap((word) => (word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : []));
}
