import type { Frame } from './events.ts';

/** Calls that are kept of a stack. */
const MOST = 16;

/** The calls of a stack, as V8 writes it, that are in one file, the innermost first. */
export function framesIn(stack: string, address: string): Frame[] {
  const frames: Frame[] = [];
  for (const text of stack.split('\n')) {
    const [, called, file, line, column] =
      /^\s+at (?:async )?(?:(.+?) \()?(file:\S+?):(\d+):(\d+)\)?$/.exec(text) ?? [];
    if (file !== address) continue;
    const name = called?.replace(/^(Object|Module)\./, '').replace(/ \[as .*\]$/, '');
    const isNamed = name !== undefined && name !== '<anonymous>';
    frames.push({ ...(isNamed && { name }), line: Number(line), column: Number(column) });
  }
  return frames.slice(0, MOST);
}
