import { parseLive } from '../../src/engine/liveLines.ts';
import { readActions, readJournals, readSubmitted } from '../../src/executors/slurm/batch.ts';
import {
  parseAccounting,
  parseJobs,
  parseQueue,
  parseSetting,
  parseSubmitted,
} from '../../src/executors/slurm/parse.ts';
import { listResults, readResult } from '../../src/executors/slurm/resultFiles.ts';
import { isDigest, sha256 } from '../../src/store/canonical.ts';
import { liveEnd, liveRuns, readLive } from '../../src/store/liveFile.ts';
import { readKeyList } from '../../src/store/remote/keyList.ts';
import { decodeRecord, encodeRecord } from '../../src/store/remote/signedRecord.ts';
import { newSigningKey, readSigningKey } from '../../src/store/remote/signing.ts';
import { at, JSON_WORDS, sealed } from './stateFiles.ts';
import type { Target } from './target.ts';

const text = (input: Uint8Array): string => new TextDecoder().decode(input);

const TOKEN = '0123456789abcdef';
const PLACE = { namespace: 'fuzz', key: sha256('key') };
const signer = readSigningKey(newSigningKey())!;
const trust = () => signer.public;

/** A record of a cache that was taken: what it names becomes names of files and is printed. */
function takeRecord(bytes: Uint8Array): void {
  const record = decodeRecord(bytes, PLACE, trust);
  if ('refused' in record) return;
  for (const { digest } of Object.values(record.outputs)) if (!isDigest(digest)) throw new RangeError('no digest');
  if (/[\p{Cc}/\\]/u.test(record.run) || /\p{Cc}/u.test(record.target)) throw new RangeError('it may steer');
}

function takeBatch(root: string): void {
  for (const { token, elements } of readJournals(root)) {
    for (const keys of elements) for (const key of keys) if (!isDigest(key)) throw new RangeError('no digest');
    const folder = `${root}/slurm/${token}`;
    readSubmitted(folder);
    readActions(folder, 0);
  }
  const folder = `${root}/slurm/${TOKEN}`;
  for (const name of listResults(folder).records) {
    for (const [place, result] of readResult(folder, TOKEN, name)?.results ?? []) {
      if (!Number.isSafeInteger(place)) throw new RangeError('no place');
      if (result.ok)
        for (const { digest } of Object.values(result.outputs)) if (!isDigest(digest)) throw new RangeError();
      if (!result.ok && typeof result.failure.message !== 'string') throw new RangeError('no words');
    }
  }
}

/** What other programs, machines and servers say, and what a run tells of itself. */
export const otherTargets: readonly Target[] = [
  {
    name: 'live',
    words: ['\n', '"head"', '"events"', '"end"', '"at"', '"cached"', '"progress"', '"failed"', '"done"', ...JSON_WORDS],
    refuses: [],
    share: 4,
    take(input) {
      for (const line of text(input).split('\n')) {
        const read = parseLive(line);
        if (read !== undefined && 'events' in read)
          for (const [, target] of read.events) if (typeof target !== 'string') throw new RangeError('no target');
      }
      at('live/r.ndjson', input, (root) => {
        for (const run of liveRuns(root)) for (const { end } of readLive(root, run, 0)) readLive(root, run, end, 100);
        liveEnd(root, 'r');
      });
    },
  },
  {
    name: 'slurm-answer',
    words: [
      '|',
      '\n',
      '_',
      '[',
      ']',
      '-',
      ',',
      ':',
      '%',
      '123',
      '0-999999999',
      'PENDING',
      'CANCELLED by 0',
      'JobId=',
      'ArrayTaskId=',
      'ExitCode=1:0',
      'JobState=FAILED',
      ' ',
      'N/A',
      'MaxArraySize = 1001',
    ],
    refuses: [],
    share: 5,
    take(input) {
      const written = text(input);
      for (const parse of [parseQueue, parseAccounting, parseJobs]) {
        for (const { job } of parse(written)) if (!/^\d+$/.test(job)) throw new RangeError('a job that is no number');
      }
      parseSetting(written, 'MaxArraySize');
      parseSubmitted(written);
    },
  },
  {
    name: 'slurm-files',
    words: [
      `"${TOKEN}"`,
      '"format":1',
      '"token"',
      '"elements"',
      '"results"',
      '"element":0',
      '"ok":true',
      '"ok":false',
      '"failure"',
      '"message"',
      '"job"',
      ...JSON_WORDS,
    ],
    refuses: [],
    share: 4,
    take(input) {
      const forged = sealed(input);
      for (const name of [
        'batch.json',
        'submitted.json',
        'actions/0.json',
        'results/0.0.1.json',
        'results/0.0.end.json',
      ])
        at(`slurm/${TOKEN}/${name}`, forged, takeBatch);
    },
  },
  {
    name: 'signed-record',
    words: ['"signature"', '"by"', '"namespace"', '"record"', '"seconds"', ...JSON_WORDS],
    refuses: [],
    share: 4,
    take(input) {
      takeRecord(input);
      let record: unknown;
      try {
        record = JSON.parse(text(input));
      } catch {
        return;
      }
      // Of a trusted writer who means harm.
      if (typeof record === 'object' && record !== null) takeRecord(encodeRecord(PLACE, record as never, signer));
    },
  },
  {
    name: 'key-list',
    words: ['name ', 'revoked ', signer.public.text, 'ed25519:', '\n', '\r\n', '#', ' ', '\t', 'namespace'],
    refuses: ['KeyListError'],
    share: 4,
    take: (input) => at('keys', input, (_, file) => readKeyList(file)),
  },
];
