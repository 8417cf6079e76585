import { CACHE_FORM, isCacheAddress, isNamespace, NAMESPACE_FORM } from '../study/cache.ts';
import { CliError } from './exit.ts';
import type { Session } from './session.ts';

/** The options of every command that asks a shared cache. */
export interface CacheOptions {
  /** False with `--no-cache`. */
  readonly cache?: boolean;
  readonly cacheWrite?: boolean;
}

/** Which cache there is, and what may be done with it. */
export interface CacheChoice {
  readonly address: string;
  readonly namespace: string;
  /** `if-possible`: the study wishes it, and who has no key reads only. */
  readonly write: 'asked' | 'if-possible' | 'no';
  /** Credentials go to a cache only that stands in the environment as they do: a study cannot send them elsewhere. */
  readonly credentials: boolean;
}

const NAMESPACE = 'main';

/**
 * The cache that the environment names, else the study; undefined where there is none, or none is wanted. Throws
 * {@link CliError} for a wrong address, and where writing is asked for and there is nowhere to.
 */
export function chooseCache({ plan }: Session, options: CacheOptions): CacheChoice | undefined {
  const { DRIFTLINE_CACHE: given = '', DRIFTLINE_CACHE_NAMESPACE: tier = '' } = process.env;
  if (options.cache === false) {
    if (options.cacheWrite) throw new CliError('--no-cache and --cache-write exclude each other: give one of them.');
    return undefined;
  }
  if (given !== '' && !isCacheAddress(given)) {
    throw new CliError(
      `DRIFTLINE_CACHE is no address of a cache. Expected ${CACHE_FORM}; credentials have variables of their own.`,
    );
  }
  if (tier !== '' && !isNamespace(tier)) {
    throw new CliError(`DRIFTLINE_CACHE_NAMESPACE is "${tier}". Expected ${NAMESPACE_FORM}.`);
  }
  const address = given || plan.cache?.url;
  if (address === undefined) {
    if (!options.cacheWrite) return undefined;
    throw new CliError('There is no cache to write to. Name one with `cache:` in the study, or in DRIFTLINE_CACHE.');
  }
  return {
    address,
    namespace: tier || (plan.cache?.namespace ?? NAMESPACE),
    write: options.cacheWrite ? 'asked' : given === '' && plan.cache?.write === true ? 'if-possible' : 'no',
    credentials: given !== '',
  };
}
