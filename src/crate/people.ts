import { type Entity, entity, fileId, localId } from './entity.ts';
import type { CrateModel } from './model.ts';

/** Where no licence is stated, the crate says so: a profile that it follows asks for one. */
const NO_LICENCE = '#no-licence';

export function licenceId({ licence }: CrateModel): string {
  switch (licence.from) {
    case 'address':
      return licence.url;
    case 'file':
      return fileId(licence.path);
    case 'nowhere':
      return NO_LICENCE;
  }
}

/** The entity of the licence; one that is a file is described with the files. */
export function licenceEntities(model: CrateModel): Entity[] {
  const { licence } = model;
  if (licence.from === 'file') return [];
  if (licence.from === 'nowhere') {
    return [
      entity(NO_LICENCE, 'CreativeWork', {
        name: 'No licence stated',
        description: 'Who made this crate stated no licence. Ask them before you use it.',
      }),
    ];
  }
  const { url, name } = licence;
  return [entity(url, 'CreativeWork', { name, identifier: url, description: `The licence of this crate: ${name}.` })];
}

/** Who ran the study, if that is to be told. */
export const personEntities = ({ person }: CrateModel): Entity[] =>
  person === undefined ? [] : [entity(person.orcid ?? localId('person'), 'Person', { name: person.name })];
