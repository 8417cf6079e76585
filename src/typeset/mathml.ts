import temml from 'temml';

/** TeX that cannot be set, in the words of what reads it. */
export class TexError extends Error {
  override readonly name = 'TexError';
}

/** A formula is some lines of TeX. */
const LONGEST = 5000;

/** Macros that a formula may unfold: the library's own need a handful each. */
const EXPANSIONS = 500;

/**
 * What the library writes into style attributes, and the classes that stand for it: a page with a strict policy has no
 * such attributes. Null is left out: browsers do the same without it.
 */
const DECLARATIONS: Readonly<Record<string, string | null>> = {
  'display:block math': null,
  'padding:0': 'tex-p0',
  'width:50%': 'tex-half',
  'width:100%': 'tex-wide',
  'padding-left:0em': 'tex-l0',
  'padding-left:0pt': 'tex-l0',
  'padding-left:1em': 'tex-l1',
  'padding-left:5.9776pt': 'tex-l6',
  'padding-right:0em': 'tex-r0',
  'padding-right:0pt': 'tex-r0',
  'padding-right:1em': 'tex-r1',
  'padding-right:5.9776pt': 'tex-r6',
  'border-top:0.06em solid': 'tex-bt',
  'border-bottom:0.06em solid': 'tex-bb',
  'border-left:0.06em solid': 'tex-bl',
  'border-right:0.06em solid': 'tex-br',
  'margin-left:-0.1667em': 'tex-thin',
  'math-depth:0': 'tex-d0',
  'math-depth:2': 'tex-d2',
};

/** Traces of the library's settings, which are no declarations. */
const IDLE = /^(?:level|max-size|font-shape|font|font-family|font-weight):|^color:undefined$|^font-size:1$/;

/** The rules of the classes that formulas have, for the style sheet of the page. */
export const TEX_STYLE = `${[
  ...new Map(
    Object.entries(DECLARATIONS).flatMap(([declaration, name]) =>
      name === null ? [] : [[name, `.${name} { ${declaration}; }`] as const],
    ),
  ).values(),
].join('\n')}
math { font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", "TeX Gyre Termes Math", "DejaVu Math TeX Gyre", math; font-size-adjust: 0.46; }
math.tml-display { display: block math; margin: 0.9rem 0; max-width: 100%; overflow-x: auto; overflow-y: hidden; }
.tml-left { text-align: left; text-align: -webkit-left; }
.tml-right { text-align: right; text-align: -webkit-right; }
.tml-jot > mtr > mtd { padding-top: 0.3em; padding-bottom: 0.3em; }
.tml-tageqn > mtd:last-child { text-align: right; text-align: -webkit-right; }
`;

/** Tags of MathML and attributes that say how they look; nothing that loads, links or runs. */
const TAG = /^<\/?m[a-z]+(?: [a-z]+="[^"<>]*")*>$/;
const FORBIDDEN = / (?:href|src|id|on[a-z]+)=/;

/**
 * TeX as MathML: the same text for the same TeX, without style attributes, links or scripts, whatever the TeX.
 * @param display on a line of its own
 * @throws {TexError} for TeX that is not understood, or that asks for what the page does not have, such as colours
 */
export function mathml(tex: string, display: boolean): string {
  if (tex.length > LONGEST) throw new TexError(`a formula of more than ${LONGEST} characters`);
  let text: string;
  try {
    text = temml.renderToString(tex, {
      displayMode: display,
      throwOnError: true,
      strict: false, // strict, it also writes to the console
      trust: false,
      maxExpand: EXPANSIONS,
    });
  } catch (error) {
    throw new TexError(firstSentence((error as Error).message));
  }
  for (const [tag] of text.matchAll(/<[^>]*>/g))
    if (!TAG.test(tag) || FORBIDDEN.test(tag))
      throw new TexError('commands that are not for formulas are not set here');
  return text.replace(/<[^>]* style="[^>]*>/g, withClasses);
}

/** What is wrong, without the excerpt that the library draws with combining underlines. */
const firstSentence = (message: string): string => {
  const [first = ''] = message.replaceAll('\u0332', '').split(/ at position | at end of input|\n/);
  const words = first.trim().replace(/[:.]$/, '');
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
};

/** A tag with classes in the place of its style attribute. */
function withClasses(tag: string): string {
  const style = / style="([^"]*)"/.exec(tag)?.[1] ?? '';
  const names = style.split(';').flatMap((declaration) => {
    if (declaration === '' || IDLE.test(declaration)) return [];
    const name = DECLARATIONS[declaration];
    if (name === undefined) throw new TexError(`colours, sizes and boxes are not set here (${declaration})`);
    return name === null ? [] : [name];
  });
  const bare = tag.replace(/ style="[^"]*"/, '');
  if (names.length === 0) return bare;
  return bare.includes(' class="')
    ? bare.replace(' class="', ` class="${names.join(' ')} `)
    : bare.replace(/^<\w+/, (start) => `${start} class="${names.join(' ')}"`);
}
