import { dirname, join, resolve } from 'node:path';
import { Kinds } from '../../engine/kinds.ts';
import { StatCache } from '../../store/statCache.ts';
import { studySchema } from '../../study/schema.ts';
import { EXIT } from '../exit.ts';
import { PACKAGE_ROOT } from '../package.ts';
import type { StudyOptions } from '../session.ts';

/** `driftline schema`: the JSON Schema of study files, with the parameters of the study's own kinds. */
export async function schemaCommand({ file }: Pick<StudyOptions, 'file'>): Promise<number> {
  const study = dirname(resolve(file));
  const storeRoot = join(study, '.driftline');
  const kinds = new Kinds(storeRoot, { study, package: PACKAGE_ROOT }, new StatCache(storeRoot, study));
  const contracts = await Promise.all(kinds.names().map(async (name) => [name, (await kinds.load(name))!.contract]));
  process.stdout.write(`${JSON.stringify(studySchema(Object.fromEntries(contracts)), null, 2)}\n`);
  return EXIT.done;
}
