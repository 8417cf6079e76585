import { steer } from './steering.ts';
import { width } from './text.ts';

/** A line that is written anew again and again, on a terminal, below lines that stay. */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  /** Characters of it that stand there. */
  #drawn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Writes a line that stays. */
  say(line: string): void {
    this.erase();
    this.#stream.write(`${line}\n`);
  }

  /** Writes the live line anew, of what `lineOf` makes of that many columns. */
  draw(lineOf: (columns: number) => string): void {
    this.erase();
    // One column is left free: a terminal goes to the next line when the last one is written.
    const line = lineOf(this.#columns - 1);
    this.#stream.write(line);
    this.#drawn = width(line);
  }

  /** Removes the live line, which fills several when the terminal has become narrower since. */
  erase(): void {
    if (this.#drawn === 0) return;
    const above = Math.ceil(this.#drawn / Math.max(1, this.#columns)) - 1;
    steer(this.#stream, `\r${above > 0 ? `\u001b[${above}A` : ''}\u001b[J`);
    this.#drawn = 0;
  }

  get #columns(): number {
    return this.#stream.columns ?? 80;
  }
}
