import type { RemoteTrouble, Uploads } from '../store/remote/remoteCache.ts';
import type { RemoteReason } from '../store/remote/transport.ts';
import { bytes, plural } from './text.ts';

/** One line on what a shared cache did not do. What is not to be had there is computed, or stays where it is. */
export function troubleWords(place: string, trouble: RemoteTrouble): string {
  switch (trouble.kind) {
    case 'failed':
      return `The cache ${place} ${REASONS[trouble.reason]} (${trouble.details}).`;
    case 'left-alone':
      return `The cache ${place} ${REASONS[trouble.reason]} (${trouble.details}); it is left alone for a while.`;
    case 'other-bytes':
      return `The cache ${place} holds other bytes than it should under ${trouble.digest.slice(0, 12)}: they were not taken.`;
    case 'other-outputs':
      return `The cache ${place} has a result with other outputs than the stage declares (${trouble.key.slice(0, 12)}): it was not taken.`;
    case 'no-key':
      return `Nothing is uploaded to the cache ${place}, though the study wishes it: there is no key to sign with (driftline key create).`;
    case 'refused-record':
      return `The cache ${place} has a result that ${refusedWords(trouble)} (${trouble.key.slice(0, 12)}): it was not taken.`;
  }
}

const REASONS: Readonly<Record<RemoteReason, string>> = {
  unreachable: 'cannot be reached',
  timeout: 'does not answer',
  slow: 'is too slow to be of use',
  'cut-off': 'broke off in the midst of an answer',
  'too-long': 'sends more than there should be',
  redirect: 'sends elsewhere, which is not followed: name the address that it means',
  forbidden: 'refuses access: see the credentials in the environment',
  answer: 'does not do what is asked',
};

function refusedWords(trouble: RemoteTrouble & { kind: 'refused-record' }): string {
  switch (trouble.refused) {
    case 'malformed':
      return 'has not the form of one';
    case 'untrusted':
      return `the key ${trouble.by.slice(0, 12)} signed, which is not trusted here (driftline key list)`;
    case 'altered':
      return `was changed after the key ${trouble.by.slice(0, 12)} signed it`;
    case 'misplaced':
      return `the key ${trouble.by.slice(0, 12)} signed for another action or namespace`;
  }
}

/** Says each sort of trouble once: a cache that does not answer does so thousands of times. */
export class TroubleOnce {
  readonly #said = new Set<string>();

  /** The line to print; undefined for what was said already. */
  words(place: string, trouble: RemoteTrouble): string | undefined {
    const by = 'by' in trouble ? trouble.by : '';
    const sort = [
      trouble.kind,
      'reason' in trouble ? trouble.reason : '',
      'refused' in trouble ? trouble.refused : '',
      by,
    ];
    if (this.#said.has(sort.join(' '))) return undefined;
    this.#said.add(sort.join(' '));
    return troubleWords(place, trouble);
  }
}

/** What became of a run's uploads; undefined where there were none. */
export function uploadWords(place: string, { uploaded, failed, bytes: size }: Uploads): string | undefined {
  if (uploaded + failed === 0) return undefined;
  const done = `${plural(uploaded, 'result')} uploaded to ${place} (${bytes(size)})`;
  return failed === 0 ? `${done}.` : `${done}; ${failed} could not be: driftline cache push tries again.`;
}
