import { type Entry, found, isString, type Node, type ScalarNode } from './nodes.ts';
import { type Problems, quote } from './problems.ts';
import { fieldsOf, textOf } from './shape.ts';

/** A cache that is shared with other machines, as the study names it. */
export interface CacheSettings {
  /** As written: an address, or a folder from the study's. */
  readonly url: string;
  /** Results of one namespace are not those of another. */
  readonly namespace?: string;
  /** Whether runs upload what they compute. */
  readonly write: boolean;
}

export const CACHE_FORM = 'https://host/path, s3://bucket/prefix, or a folder such as /shared/cache or ../cache';

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;

/**
 * Whether a text can be the address of a cache. Credentials have no place in one: it is shown, and a study is published.
 */
export function isCacheAddress(text: string): boolean {
  const scheme = SCHEME.exec(text)?.[1].toLowerCase();
  if (scheme === undefined) return text.trim() === text && text !== '' && !text.includes('\0');
  if (scheme === 's3') return /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9!_.*'()/-]*)?$/.test(text);
  if (scheme !== 'http' && scheme !== 'https') return false;
  const url = parsed(text);
  return url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Names a tier of trust: part of what is signed and of where records stand. */
export const isNamespace = (text: string): boolean => /^[A-Za-z0-9][\w.-]{0,99}$/.test(text);

export const NAMESPACE_FORM = 'letters, digits, dots, hyphens and underscores, at most 100';

/** `cache:`, either an address alone or with what else there is to say. */
export function readCache(entry: Entry | undefined, problems: Problems): CacheSettings | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.kind !== 'map') {
    const url = addressOf(entry, '`cache`', problems);
    return url === undefined ? undefined : { url, write: false };
  }
  const fields = fieldsOf(value, '`cache`', ['url', 'namespace', 'write'], problems)!;
  if (!fields.has('url')) {
    problems.add({ code: 'missing-key', at: value, message: '`cache` lacks `url`', expected: `url: ${CACHE_FORM}` });
  }
  const url = addressOf(fields.get('url'), '`url`', problems);
  const namespace = textOf(fields.get('namespace'), '`namespace`', problems);
  if (namespace !== undefined && !isNamespace(namespace)) {
    const message = `${quote(namespace)} cannot name a namespace`;
    problems.add({ code: 'name', at: fields.get('namespace')!.value, message, expected: NAMESPACE_FORM });
  }
  const write = fields.get('write')?.value;
  if (write !== undefined && !isFlag(write)) {
    const message = `\`write\` is ${found(write)}`;
    problems.add({ code: 'type', at: write, message, expected: 'true or false' });
  }
  if (url === undefined) return undefined;
  const writes = write !== undefined && isFlag(write) && write.value;
  return { url, ...(namespace !== undefined && { namespace }), write: writes };
}

const isFlag = (node: Node): node is ScalarNode & { readonly value: boolean } =>
  node.kind === 'scalar' && typeof node.value === 'boolean';

function addressOf(entry: Entry | undefined, what: string, problems: Problems): string | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (isString(value) && isCacheAddress(value.value)) return value.value;
  const message = isString(value) ? `${quote(value.value)} is no address of a cache` : `${what} is ${found(value)}`;
  problems.add({ code: 'cache', at: value, message, expected: `${CACHE_FORM}; credentials come from the environment` });
  return undefined;
}
