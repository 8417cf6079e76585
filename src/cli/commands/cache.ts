import { count } from '../../engine/forecast.ts';
import { type Pulled, pull } from '../../engine/pull.ts';
import { push } from '../../engine/push.ts';
import { forecastWith } from '../../engine/remoteForecast.ts';
import { sharedWith } from '../../engine/sharedWith.ts';
import type { RemoteCache, RemoteTrouble } from '../../store/remote/remoteCache.ts';
import { type CacheChoice, chooseCache } from '../cacheChoice.ts';
import { CliError, EXIT } from '../exit.ts';
import { interruptible } from '../interruption.ts';
import { keyLists, keyWords, ownSigningKey } from '../ownKeys.ts';
import { forecastSession, openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { openCache, tellOnce } from '../sharedCache.ts';
import { plural } from '../text.ts';

export interface SharedOptions extends StudyOptions {
  readonly json?: boolean;
}

interface Opened {
  readonly session: Session;
  readonly choice: CacheChoice;
  readonly remote: RemoteCache;
  /** What went wrong, in order. */
  readonly troubles: readonly RemoteTrouble[];
}

/** Opens a study and its cache, does something with them, and closes them. Ctrl-C ends what is under way. */
async function withCache(
  options: SharedOptions,
  asked: { readonly cacheWrite?: boolean },
  work: (opened: Opened) => Promise<number>,
): Promise<number> {
  const session = await openSession(options);
  const choice = chooseCache(session, asked);
  if (choice === undefined) {
    throw new CliError('There is no shared cache. Name one with `cache:` in the study, or in DRIFTLINE_CACHE.');
  }
  const troubles: RemoteTrouble[] = [];
  const tell = tellOnce(choice);
  const remote = openCache(session, choice, (trouble) => {
    troubles.push(trouble);
    tell(trouble);
  });
  const { signal, close } = interruptible('Stopped.');
  signal.addEventListener('abort', () => remote.stop());
  try {
    const code = await work({ session, choice, remote, troubles });
    return signal.aborted ? EXIT.interrupted : code;
  } finally {
    remote.stop();
    close();
    session.log.close();
    session.stats.save();
  }
}

/** `driftline cache pull [target…]`: fetches results that are not here, and computes none. */
export const cachePullCommand = (targets: readonly string[], options: SharedOptions): Promise<number> =>
  withCache(options, {}, async ({ session, choice, remote, troubles }) => {
    const nodes = selectNodes(session, targets);
    const forecasts = await forecastWith(remote, nodes, session);
    const pulled = await pull(remote, nodes, forecasts, session);
    const { cached, run, depends, shared } = count(forecasts);
    const here = cached - forecasts.filter((item) => 'remote' in item).length;
    const missing = run + depends + shared;
    if (options.json) printJson({ cache: choice.address, namespace: choice.namespace, ...pulled, here, missing });
    else printPulled(choice, pulled, here, missing);
    return pulled.failed.length > 0 || troubles.some(isFailure) ? EXIT.stageFailed : EXIT.done;
  });

function printPulled({ address }: CacheChoice, { fetched, failed }: Pulled, here: number, missing: number): void {
  const parts = [`${plural(fetched.length, 'result')} fetched from ${address}`, `${here} were here already`];
  if (failed.length > 0) parts.push(`${failed.length} could not be fetched`);
  if (missing > 0) parts.push(`${missing} to compute or not yet known`);
  say(`${parts.join(', ')}.`);
}

/** `driftline cache push [target…]`: uploads results that were computed here and are up to date. */
export const cachePushCommand = (targets: readonly string[], options: SharedOptions): Promise<number> =>
  withCache(options, { cacheWrite: true }, async ({ session, choice, remote }) => {
    const { results, withheld } = await push(remote, forecastSession(session, selectNodes(session, targets)));
    const targetsOf = (wanted: string): string[] =>
      [...results].flatMap(([target, result]) => (result === wanted ? [target] : []));
    const [uploaded, there, failed] = [targetsOf('uploaded'), targetsOf('there'), targetsOf('failed')];
    if (options.json) {
      const { address, namespace } = choice;
      printJson({ cache: address, namespace, uploaded, there: there.length, withheld, failed });
    } else {
      const parts = [
        `${plural(uploaded.length, 'result')} uploaded to ${choice.address}`,
        `${there.length} were there already`,
      ];
      if (withheld.length > 0) parts.push(`${withheld.length} not computed here and left to those who did`);
      if (failed.length > 0) parts.push(`${failed.length} could not be uploaded`);
      say(`${parts.join(', ')}.`);
    }
    return failed.length > 0 ? EXIT.stageFailed : EXIT.done;
  });

/** `driftline cache stat [target…]`: says what is where. */
export const cacheStatCommand = (targets: readonly string[], options: SharedOptions): Promise<number> =>
  withCache(options, {}, async ({ session, choice, remote, troubles }) => {
    const lists = keyLists(session.studyRoot);
    const { address, namespace, write } = choice;
    const nodes = selectNodes(session, targets);
    const counts = await sharedWith(remote, await forecastWith(remote, nodes, session));
    const own = ownSigningKey()?.public.id ?? null;
    const trusted = lists.flatMap((list) => list.trusted);
    const failed = troubles.some(isFailure);
    if (options.json) {
      const keys = trusted.map(({ name, public: key, namespaces }) => ({
        name,
        id: key.id,
        namespaces: namespaces ?? null,
      }));
      printJson({ cache: address, namespace, write, signs: own, trusted: keys, reachable: !failed, counts });
    } else {
      say(`Cache      ${address}`);
      say(`Namespace  ${namespace}`);
      say(
        `Uploads    ${uploadsWords(write, own !== null)}${own === null ? '' : `, signed by ${keyWords(own, lists)}`}`,
      );
      say(`Trusts     ${[...new Set(trusted.map(({ public: key }) => keyWords(key.id, lists)))].join(', ') || NOBODY}`);
      say(
        `Results    ${counts.both} here and there, ${counts.here} only here, ${counts.there} only there, ${counts.nowhere} to compute or not yet known`,
      );
    }
    return failed ? EXIT.stageFailed : EXIT.done;
  });

const NOBODY = 'nobody: driftline key trust adds a key';

function uploadsWords(write: CacheChoice['write'], hasKey: boolean): string {
  if (write === 'no') return 'no (--cache-write, or `write: true` in the study)';
  return hasKey ? 'yes' : 'no, for want of a key (driftline key create)';
}

const isFailure = ({ kind }: RemoteTrouble): boolean => kind === 'failed' || kind === 'left-alone';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const printJson = (document: unknown): boolean => say(JSON.stringify(document, null, 2));
