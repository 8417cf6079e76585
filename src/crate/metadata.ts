import type { Json } from '../study/plan.ts';
import { type Entity, entity, fileId, ref, refs } from './entity.ts';
import { fileEntities, plainFacts } from './fileEntities.ts';
import type { CrateModel } from './model.ts';
import {
  actionId,
  COMPLETED,
  controlId,
  ENGINE,
  ENGINE_RUN,
  inputId,
  LANGUAGE,
  NODE,
  outputId,
  paramId,
  RUN,
  SEED,
  SEED_VALUE,
  stepId,
  toolId,
  valueId,
} from './names.ts';
import { licenceEntities, licenceId, personEntities } from './people.ts';
import { PREVIEW } from './preview.ts';
import { stepEntities } from './steps.ts';
import { toolEntities } from './tools.ts';
import { typedValue } from './values.ts';

export const METADATA = 'ro-crate-metadata.json';

/** The folder of a store in a crate that has one. */
export const STORE = '.driftline/';

const CRATE = 'https://w3id.org/ro/crate/1.1';
const WORKFLOW_CRATE = 'https://w3id.org/workflowhub/workflow-ro-crate/1.0';

/** A run of a DAG of actions fits the last of the three profiles of Workflow Run RO-Crate, which extends the others. */
const PROFILES: readonly (readonly [id: string, name: string, version: string])[] = [
  ['https://w3id.org/ro/wfrun/process/0.5', 'Process Run Crate', '0.5'],
  ['https://w3id.org/ro/wfrun/workflow/0.5', 'Workflow Run Crate', '0.5'],
  ['https://w3id.org/ro/wfrun/provenance/0.5', 'Provenance Run Crate', '0.5'],
  [WORKFLOW_CRATE, 'Workflow RO-Crate', '1.0'],
];

/** The content of `ro-crate-metadata.json`: RO-Crate 1.1, as a Provenance Run Crate. The same for the same run. */
export function crateMetadata(model: CrateModel): {
  readonly '@context': unknown;
  readonly '@graph': readonly Entity[];
} {
  return {
    '@context': [`${CRATE}/context`, 'https://w3id.org/ro/terms/workflow-run/context'],
    '@graph': [
      entity(METADATA, 'CreativeWork', { about: ref('./'), conformsTo: refs([CRATE, WORKFLOW_CRATE]) }),
      entity(PREVIEW, 'CreativeWork', { name: 'About this crate', about: ref('./') }),
      rootEntity(model),
      ...PROFILES.map(([id, name, version]) => entity(id, 'CreativeWork', { name, version })),
      ...licenceEntities(model),
      ...personEntities(model),
      workflowEntity(model),
      ...softwareEntities(model),
      ...runEntities(model),
      ...parameterEntities(model),
      ...toolEntities(model),
      ...stepEntities(model),
      ...fileEntities(model),
      ...storeEntities(model),
    ],
  };
}

function rootEntity(model: CrateModel): Entity {
  const { plan, run, files, main } = model;
  return entity('./', 'Dataset', {
    name: plan.study,
    description: plan.description?.trim() ?? `The study “${plan.study}”, with the results of a run of it.`,
    datePublished: run.endedAt,
    license: ref(licenceId(model)),
    conformsTo: refs(PROFILES.map(([id]) => id)),
    mainEntity: ref(fileId(main)),
    hasPart: refs([
      ...files.filter(({ about }) => about.role !== 'store').map(({ path }) => fileId(path)),
      ...(hasStore(model) ? [STORE] : []),
    ]),
    mentions: refs([RUN(run.id), ENGINE_RUN(run.id), ...plan.stages.map(({ name }) => actionId(name))]),
  });
}

function workflowEntity(model: CrateModel): Entity {
  const { plan, main, files } = model;
  return entity(fileId(main), ['File', 'SoftwareSourceCode', 'ComputationalWorkflow', 'HowTo'], {
    name: plan.study,
    description: plan.description?.trim(),
    ...plainFacts(files.find(({ path }) => path === main)!),
    programmingLanguage: ref(LANGUAGE),
    license: ref(licenceId(model)),
    hasPart: refs(plan.stages.map(toolId)),
    step: refs(plan.stages.map(({ name }) => stepId(name))),
    input: refs([SEED, ...Object.keys(plan.params).map(paramId), ...boundFiles(model).map(inputId)]),
    output: refs(outputsOf(model).map(([stage, output]) => outputId(stage, output))),
  });
}

function softwareEntities({ version, node, home }: CrateModel): Entity[] {
  return [
    entity(LANGUAGE, 'ComputerLanguage', {
      name: 'Driftline studies',
      description: 'A DAG of typed stages in YAML. The schema tells what a study may say.',
      version,
      url: ref(fileId(`${home}/schema/study.schema.json`)),
    }),
    entity(ENGINE, 'SoftwareApplication', {
      name: 'Driftline',
      softwareVersion: version,
      url: ref(fileId(`${home}/package.json`)),
      softwareRequirements: ref(NODE),
    }),
    entity(NODE, 'SoftwareApplication', { name: 'Node.js', softwareVersion: node, url: 'https://nodejs.org/' }),
  ];
}

function runEntities(model: CrateModel): Entity[] {
  const { plan, run, files, main } = model;
  const when = {
    startTime: run.startedAt,
    endTime: run.endedAt,
    agent: refs(personEntities(model).map((each) => each['@id'])),
    actionStatus: ref(COMPLETED),
  };
  const results = files.filter(({ about }) => about.role === 'result' || about.role === 'verdicts');
  return [
    entity(RUN(run.id), 'CreateAction', {
      name: `Run ${run.id} of the study`,
      description: run.command,
      instrument: ref(fileId(main)),
      object: refs([SEED_VALUE, ...Object.keys(plan.params).map(valueId), ...boundFiles(model).map(fileId)]),
      result: refs(results.map(({ path }) => fileId(path))),
      ...when,
    }),
    entity(ENGINE_RUN(run.id), 'OrganizeAction', {
      name: `Run of Driftline ${model.version}`,
      instrument: ref(ENGINE),
      object: refs(plan.stages.map(({ name }) => controlId(name))),
      result: ref(RUN(run.id)),
      ...when,
    }),
  ];
}

/** What the study as a whole takes and gives, and the values that it took. */
function parameterEntities(model: CrateModel): Entity[] {
  const { plan } = model;
  const param = (id: string, valued: string, name: string, value: Json, description?: string): Entity[] => {
    const { value: told, ...type } = typedValue(value);
    return [
      entity(id, 'FormalParameter', { name, ...type, description, workExample: ref(valued) }),
      entity(valued, 'PropertyValue', { name, value: told, exampleOfWork: ref(id) }),
    ];
  };
  return [
    ...param(SEED, SEED_VALUE, 'seed', plan.seed, 'What all random numbers are derived from.'),
    ...Object.entries(plan.params).flatMap(([name, value]) => param(paramId(name), valueId(name), name, value)),
    ...boundFiles(model).map((path) =>
      entity(inputId(path), 'FormalParameter', { name: path, additionalType: 'File', workExample: ref(fileId(path)) }),
    ),
    ...outputsOf(model).map(([stage, output]) =>
      entity(outputId(stage, output), 'FormalParameter', { name: `${stage}.${output}`, additionalType: 'File' }),
    ),
  ];
}

/** The data files that stages take as inputs. */
const boundFiles = ({ plan }: CrateModel): string[] => [
  ...new Set(
    plan.stages.flatMap(({ cells }) =>
      cells.flatMap(({ inputs }) => Object.values(inputs).flatMap((each) => (each.from === 'file' ? [each.path] : []))),
    ),
  ),
];

/** The outputs of which the crate has files, in the order of the files. */
function outputsOf({ files }: CrateModel): (readonly [stage: string, output: string])[] {
  const outputs = files.flatMap(({ about }) =>
    about.role === 'result'
      ? [[outputId(about.stage, about.output), [about.stage, about.output] as const] as const]
      : [],
  );
  return [...new Map(outputs).values()];
}

const hasStore = ({ files }: CrateModel): boolean => files.some(({ about }) => about.role === 'store');

const storeEntities = (model: CrateModel): Entity[] =>
  hasStore(model)
    ? [
        entity(STORE, 'Dataset', {
          name: 'Store',
          description:
            'All results of the run under the sha256 of their bytes, also those on the way to the files of out/, so that ' +
            'driftline verify can compute any of them again from what it was made of.',
        }),
      ]
    : [];
