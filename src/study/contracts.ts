import type { Ajv2020 } from 'ajv/dist/2020.js';
import { nearest } from '../tables/nearest.ts';
import type { KindResolver } from './contract.ts';
import type { Draft } from './drafts.ts';
import { KindCheck, loadAjv } from './kindCheck.ts';
import { oneOf, type Problems, quote } from './problems.ts';

/** Finds the contracts of all kinds that are used, and gives their compiled checks by kind. */
export async function findContracts(
  drafts: readonly Draft[],
  kinds: KindResolver,
  problems: Problems,
): Promise<ReadonlyMap<string, KindCheck>> {
  const used = new Map<string, Draft[]>();
  for (const draft of drafts) {
    if (draft.uses === undefined || draft.sort === 'run') continue;
    used.set(draft.uses, [...(used.get(draft.uses) ?? []), draft]);
  }
  const checks = new Map<string, KindCheck>();
  if (used.size === 0) return checks;
  const validators = new Map<boolean, Promise<Ajv2020>>();
  const answers = await Promise.allSettled([...used.keys()].map(async (uses) => kinds(uses)));
  let i = 0;
  for (const [uses, users] of used) {
    const answer = answers[i++];
    const refuse = (code: string, message: string, expected?: string, suggestion?: string) => {
      for (const { usesAt } of users) problems.add({ code, at: usesAt, message, expected, suggestion });
    };
    if (answer.status === 'rejected') {
      // A kind that cannot be stored is no fault of the study's.
      if (answer.reason instanceof Error && answer.reason.name === 'StoreError') throw answer.reason;
      refuse('broken-kind', `the kind ${quote(uses)} cannot be loaded: ${oneLine(answer.reason)}`);
    } else if ('missing' in answer.value) {
      const { missing, known } = answer.value;
      refuse(
        'unknown-kind',
        missing === uses ? `unknown kind of stage ${quote(uses)}` : missing,
        oneOf(known),
        nearest(uses, known),
      );
    } else {
      const contract = answer.value.found;
      try {
        const sound = contract.sound === true;
        if (!validators.has(sound)) validators.set(sound, loadAjv(sound));
        checks.set(uses, new KindCheck(contract, await validators.get(sound)!));
      } catch (error) {
        refuse('broken-kind', `the kind ${quote(uses)} declares no valid schema: ${oneLine(error)}`);
        continue;
      }
      for (const draft of users) {
        draft.contract = contract;
        draft.outputs = contract.outputs;
      }
    }
  }
  return checks;
}

/** An error on one line; a bundler's says what and where on its second. */
const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 2).join(' ').trim();
