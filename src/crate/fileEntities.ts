import type { PlannedStage } from '../study/plan.ts';
import { type Entity, entity, fileId, ref, refs } from './entity.ts';
import type { CrateFile, CrateModel } from './model.ts';
import { inputId, outputId, RUN, toolParameterId } from './names.ts';

/** Media types by extension, the longest that fits first. */
const FORMATS: readonly (readonly [extension: string, format: string])[] = [
  ['.vl.json', 'application/vnd.vegalite.v6+json'],
  ['.yaml', 'application/yaml'],
  ['.yml', 'application/yaml'],
  ['.json', 'application/json'],
  ['.ts', 'text/typescript'],
  ['.mts', 'text/typescript'],
  ['.js', 'text/javascript'],
  ['.mjs', 'text/javascript'],
  ['.py', 'text/x-python'],
  ['.r', 'text/x-r'],
  ['.sh', 'application/x-sh'],
  ['.csv', 'text/csv'],
  ['.tsv', 'text/tab-separated-values'],
  ['.arrow', 'application/vnd.apache.arrow.file'],
  ['.parquet', 'application/vnd.apache.parquet'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.pdf', 'application/pdf'],
  ['.html', 'text/html'],
  ['.md', 'text/markdown'],
  ['.txt', 'text/plain'],
  ['.lock', 'text/plain'],
];

/** The media type of a file by its name: plain text where it has no extension, as LICENSE, else bytes. */
export function encodingFormat(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const known = FORMATS.find(([extension]) => name.endsWith(extension));
  return known?.[1] ?? (name.includes('.') ? 'application/octet-stream' : 'text/plain');
}

const PICTURES = /\.(svg|png)$/;

/** Describes every file but the main one and those of the store. */
export function fileEntities(model: CrateModel): Entity[] {
  const stages = new Map(model.plan.stages.map((stage) => [stage.name, stage]));
  return model.files
    .filter(({ path, about }) => path !== model.main && about.role !== 'store')
    .map((file) => {
      const isLicence = model.licence.from === 'file' && model.licence.path === file.path;
      const type = isLicence ? ['File', 'CreativeWork'] : typesOf(file);
      return entity(fileId(file.path), type.length === 1 ? type[0] : type, {
        ...plainFacts(file),
        ...(isLicence ? LICENCE : { name: nameOf(file), ...wordsOf(file) }),
        ...relations(file, stages, model),
      });
    });
}

const LICENCE = { name: 'Licence', description: 'The licence of this crate, as it stands beside the study.' };

/** What can be said of any file: its form, size and digest. */
export const plainFacts = (file: CrateFile) => ({
  encodingFormat: encodingFormat(file.path),
  contentSize: String(file.bytes),
  sha256: file.sha256,
});

function typesOf({ path, about }: CrateFile): string[] {
  if (about.role === 'code' || about.role === 'study') return ['File', 'SoftwareSourceCode'];
  return about.role === 'result' && PICTURES.test(path) ? ['File', 'ImageObject'] : ['File'];
}

function nameOf({ path, about }: CrateFile): string {
  switch (about.role) {
    case 'study':
      return about.title ?? path;
    case 'result':
      return `${about.stage}.${about.output}`;
    case 'lock':
      return 'Digests of the results';
    case 'verdicts':
      return 'Verdicts on the claims';
    case 'journal':
      return 'What the run did';
    case 'report':
      return 'Report';
    default:
      return path;
  }
}

function wordsOf({ about }: CrateFile): { description?: string } {
  switch (about.role) {
    case 'lock':
      return {
        description: 'The sha256 of every table, figure and file of the run. driftline run --locked compares with it.',
      };
    case 'journal':
      return { description: 'Every action of the run, with the key that names all it was made of.' };
    case 'report':
      return { description: 'Figures, tables and claims in one file, to be opened in a browser, without a network.' };
    default:
      return {};
  }
}

function relations({ path, about }: CrateFile, stages: ReadonlyMap<string, PlannedStage>, { run }: CrateModel) {
  if (path === 'README.md') return { about: ref('./') };
  switch (about.role) {
    case 'result': {
      const stage = stages.get(about.stage)!;
      const { output } = about;
      return { exampleOfWork: refs([outputId(about.stage, output), toolParameterId(stage, 'output', output)]) };
    }
    case 'input': {
      const takers = [...stages.values()].flatMap((stage) => takenBy(stage, path));
      return {
        exampleOfWork: refs([...(takers.length > 0 ? [inputId(path)] : []), ...takers, ...named(stages, path)]),
      };
    }
    case 'journal':
    case 'report':
      return { about: ref(RUN(run.id)) };
    default:
      return {};
  }
}

/** The inputs of a stage's tool that a file is bound to. */
const takenBy = (stage: PlannedStage, path: string): string[] =>
  stage.cells.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([name, input]) =>
      input.from === 'file' && input.path === path ? [toolParameterId(stage, 'input', name)] : [],
    ),
  );

/** The parameters of tools that name a file. */
const named = (stages: ReadonlyMap<string, PlannedStage>, path: string): string[] =>
  [...stages.values()].flatMap((stage) =>
    stage.cells.flatMap(({ files }) =>
      Object.entries(files).flatMap(([pointer, file]) =>
        file === path && /^\/[^/]+$/.test(pointer) ? [toolParameterId(stage, 'with', pointer.slice(1))] : [],
      ),
    ),
  );
