import { createHash } from 'node:crypto';

/** Text of an inline script or style as the HTML parser will hold it, which is what a browser hashes. */
export const parsedText = (text: string): string => text.replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD');

/** The source expression that allows exactly this text: `'sha256-…'`. */
export const hashSource = (text: string): string =>
  `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

/**
 * The policy of the page: this script, this style sheet, images and fonts that are in the page; no request goes out,
 * nothing is submitted, no base moves the relative links.
 */
export const contentSecurityPolicy = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** A script that cannot stand in a page because the HTML parser would end or nest the element inside it. */
export class UnembeddableScript extends Error {
  override readonly name = 'UnembeddableScript';
}

/** Refuses text that would end the element early. A bundler writes such strings escaped, so this is never expected. */
export function assertEmbeddable(script: string): void {
  const found = /<\/script|<!--/i.exec(script);
  if (found !== null)
    throw new UnembeddableScript(
      `the report's script holds "${found[0]}" at ${found.index}, which HTML would read as markup; bundle it with scripts/buildPage.mjs`,
    );
}
