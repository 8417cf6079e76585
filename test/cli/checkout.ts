import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { newSigningKey, readSigningKey } from '../../src/store/remote/signing.ts';
import { type Ended, ending, SMALL, TemporaryStudy } from './study.ts';

/** A key to sign with, as the environment holds it, and its public half. */
export const PEM = newSigningKey();
export const PUBLIC = readSigningKey(PEM)!.public;

/** A checkout of the small study with a store and a user of its own. */
export class Checkout extends TemporaryStudy {
  env: Readonly<Record<string, string>>;

  constructor(folder: () => string, env: Readonly<Record<string, string>> = {}) {
    super(folder(), SMALL);
    this.env = { XDG_CONFIG_HOME: folder(), ...env };
  }

  override driftline(...args: readonly string[]): Promise<Ended> {
    return ending(this.start(args, this.env));
  }

  async json(...args: readonly string[]) {
    const { code, out, err } = await this.driftline(...args, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out);
  }

  get results(): Readonly<Record<string, string>> {
    return tablesOf(this);
  }
}

/** What a person takes away of a study. */
export function tablesOf({ root }: TemporaryStudy): Readonly<Record<string, string>> {
  const tables = join(root, 'out', 'tables');
  return Object.fromEntries(
    readdirSync(tables)
      .sort()
      .map((name) => [name, readFileSync(join(tables, name)).toString('base64')]),
  );
}
