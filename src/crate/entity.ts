/** A reference to another entity of the crate, the only object that stands within an entity: the graph is flat. */
export interface Ref {
  readonly '@id': string;
}

type Atom = string | number | boolean | Ref;
export type Value = Atom | readonly Atom[];

/** An entity of JSON-LD in flattened and compacted form. */
export type Entity = Ref & { readonly '@type': string | readonly string[] } & Readonly<Record<string, Value>>;

/** Makes an entity of what is known of it: what is undefined or empty is left out, a list of one is that one. */
export function entity(
  id: string,
  type: string | readonly string[],
  properties: Readonly<Record<string, Value | undefined>>,
): Entity {
  const known: Record<string, Value> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (!isList(value)) known[name] = value;
    else if (value.length > 0) known[name] = value.length === 1 ? value[0] : value;
  }
  return { '@id': id, '@type': type, ...known } as Entity;
}

const isList = (value: Value): value is readonly Atom[] => Array.isArray(value);

export const ref = (id: string): Ref => ({ '@id': id });

export const refs = (ids: Iterable<string>): Ref[] => [...new Set(ids)].map(ref);

/** A part of a URI reference: letters of all languages stand as they are, all else that URIs give a meaning is escaped. */
const escaped = (text: string): string =>
  text.replace(/[^\p{L}\p{M}\p{N}._~!$&'()*+,;=@-]/gu, (character) => encodeURIComponent(character));

/** The id of a file or, ending with a slash, of a folder of the crate: its path, as a URI relative to the crate's root. */
export const fileId = (path: string): string => path.split('/').map(escaped).join('/');

/** The id of something that is no file: `#step/tails`. */
export const localId = (sort: string, ...names: readonly string[]): string =>
  `#${[sort, ...names].map(escaped).join('/')}`;
