import { dirname, resolve } from 'node:path';
import { Kinds } from '../../engine/kinds.ts';
import { StatCache } from '../../store/statCache.ts';
import { CLAIM_KIND } from '../../study/drafts.ts';
import { studySchema } from '../../study/schema.ts';
import { EXIT } from '../exit.ts';
import { PACKAGE_ROOT } from '../package.ts';
import type { StudyOptions } from '../session.ts';
import { storeOf } from '../storeFolder.ts';
import { loadAll } from './stage.ts';

/** `driftline schema`: the JSON Schema of study files, with the parameters of the study's own kinds. */
export async function schemaCommand({ file }: Pick<StudyOptions, 'file'>): Promise<number> {
  process.stdout.write(await schemaText(dirname(resolve(file))));
  return EXIT.done;
}

/** The schema for a study in this folder; the committed `schema/study.schema.json` is that of Driftline's own. */
export async function schemaText(study: string): Promise<string> {
  const storeRoot = storeOf(study);
  const kinds = new Kinds(storeRoot, { study, package: PACKAGE_ROOT }, new StatCache(storeRoot, study));
  const contracts = (await loadAll(kinds)).map(({ uses, contract }) => [uses, contract]);
  // No stage names the kind that tests claims, but its parameters stand in them.
  contracts.push([CLAIM_KIND, (await kinds.load(CLAIM_KIND))!.contract]);
  return `${JSON.stringify(studySchema(Object.fromEntries(contracts)), null, 2)}\n`;
}
