import { STYLE_CODES } from './text.ts';

/** Controls but for the line feed and the tab, and the marks that turn the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STEERS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** What may pass: the styles that this program writes, and the line ends of Windows. */
const OURS = new RegExp(`\\u001b\\[(?:${STYLE_CODES.join('|')})m|\\r(?=\\n)|${STEERS.source}`, 'g');

const code = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * A text of others, by which they cannot steer a terminal: nothing is moved, erased, coloured or entitled by it, and the
 * terminal answers nothing. In JSON, where controls stand in strings only, the value stays the same.
 */
export const escaped = (text: string): string => text.replace(STEERS, code);

/** The same in one line. */
export const inLine = (text: string): string => escaped(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');

type Write = (chunk: unknown, ...more: unknown[]) => boolean;

const unguarded = new WeakMap<NodeJS.WriteStream, Write>();

/**
 * Lets a stream write no controls but the styles of this program, whoever words what it writes: names, tables, logs and
 * messages of errors come from studies, programs and caches of others.
 */
export function guard(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as Write;
  unguarded.set(stream, write);
  stream.write = ((chunk: unknown, ...more: unknown[]) => {
    const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8') : String(chunk);
    return write(
      text.replace(OURS, (found, at) =>
        found.length > 1 || (found === '\r' && text[at + 1] === '\n') ? found : code(found),
      ),
      ...more,
    );
  }) as typeof stream.write;
}

/** Steers a terminal, with a text that has nothing of others in it. */
export const steer = (stream: NodeJS.WriteStream, text: string): boolean =>
  (unguarded.get(stream) ?? (stream.write.bind(stream) as Write))(text);

/** The stream for who steers the terminal and writes nothing of others, such as an editor of a line. */
export const steered = (stream: NodeJS.WriteStream): NodeJS.WriteStream =>
  Object.create(stream, { write: { value: (text: string) => steer(stream, text) } });
