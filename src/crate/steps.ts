import type { InputBinding, Json, PlannedStage } from '../study/plan.ts';
import { type Entity, entity, fileId, localId, ref, refs } from './entity.ts';
import type { CrateFile, CrateModel, StageWork } from './model.ts';
import { actionId, COMPLETED, controlId, inputId, isProgram, stepId, toolId, toolParameterId } from './names.ts';
import { portsOf } from './tools.ts';
import { valuesOver } from './values.ts';

const CLAIM = 'claim:';

/** Every stage as a step of the workflow, with what the run did for it. */
export function stepEntities(model: CrateModel): Entity[] {
  const stages = new Map(model.plan.stages.map((stage) => [stage.name, stage]));
  return model.plan.stages.flatMap((stage, at) => {
    const connections = connectionEntities(stage, stages);
    const given = givenEntities(stage);
    const environment = environmentEntities(stage);
    const work = model.work.get(stage.name)!;
    return [
      entity(stepId(stage.name), 'HowToStep', {
        name: stage.name,
        description: extentOf(stage),
        position: at + 1,
        workExample: ref(toolId(stage)),
        connection: refs(connections.map((each) => each['@id'])),
      }),
      ...connections,
      entity(controlId(stage.name), 'ControlAction', {
        name: `Orchestrate ${stage.name}`,
        instrument: ref(stepId(stage.name)),
        object: ref(actionId(stage.name)),
        actionStatus: ref(COMPLETED),
      }),
      entity(actionId(stage.name), 'CreateAction', {
        name: `Compute ${stage.name}`,
        description: workWords(work, model.run.id),
        instrument: ref(toolId(stage)),
        object: refs([...takenFiles(stage, model.files), ...given.map((each) => each['@id'])]),
        result: refs(resultsOf(stage, model.files).map(({ path }) => fileId(path))),
        environment: refs(environment.map((each) => each['@id'])),
        resourceUsage: ref(secondsId(stage.name)),
        actionStatus: ref(COMPLETED),
      }),
      ...given,
      ...environment,
      entity(secondsId(stage.name), 'PropertyValue', {
        name: 'computing time of all actions',
        propertyID: 'http://qudt.org/vocab/quantitykind/Time',
        unitCode: 'http://qudt.org/vocab/unit/SEC',
        unitText: 'seconds',
        value: work.seconds,
      }),
    ];
  });
}

const secondsId = (stage: string): string => localId('seconds', stage);

/** `5 cells over C, 8 replicates of each`. */
function extentOf({ axes, cells, replicates, until }: PlannedStage): string | undefined {
  const words = [
    ...(axes.length > 0 ? [`${cells.length} cells over ${axes.join(', ')}`] : []),
    ...(replicates === null ? [] : [`${until === undefined ? '' : 'up to '}${replicates} replicates of each`]),
  ];
  return words.length === 0 ? undefined : words.join('; ');
}

function workWords({ actions, runs }: StageWork, run: string): string {
  const count = `${actions} ${actions === 1 ? 'action' : 'actions'}`;
  if (runs.length === 0) return `${count}.`; // all cells left out what they may leave out
  const where = runs.length === 1 && runs[0] === run ? 'in this run' : `in ${runs.map((id) => `run ${id}`).join(', ')}`;
  return `${count}, computed ${where}.`;
}

/** From which outputs, and files of the study, a stage's inputs come. */
function connectionEntities(stage: PlannedStage, stages: ReadonlyMap<string, PlannedStage>): Entity[] {
  return portsOf(stage, 'input').flatMap((name) => {
    const bound = stage.cells.flatMap(({ inputs }) => inputs[name] ?? []);
    const sources = [...new Set(bound.map((binding) => sourceOf(binding, stages)))];
    return sources.map((source, at) =>
      entity(
        localId('connection', stage.name, name, ...(sources.length === 1 ? [] : [String(at)])),
        'ParameterConnection',
        {
          sourceParameter: ref(source),
          targetParameter: ref(toolParameterId(stage, 'input', name)),
        },
      ),
    );
  });
}

const sourceOf = (binding: InputBinding, stages: ReadonlyMap<string, PlannedStage>): string =>
  binding.from === 'file'
    ? inputId(binding.path)
    : toolParameterId(stages.get(binding.stage)!, 'output', binding.output);

/**
 * What a stage says under `with`, where that is no file, and a program's command line. Over its cells a parameter may
 * have several values.
 */
function givenEntities(stage: PlannedStage): Entity[] {
  const params = stage.cells.map(({ params, program }) =>
    isProgram(stage) ? { argv: program?.argv.join(' ') ?? '' } : ((params ?? {}) as Readonly<Record<string, Json>>),
  );
  const files = new Set(stage.cells.flatMap((cell) => Object.keys(cell.files)));
  return [...new Set(params.flatMap((each) => Object.keys(each)))]
    .filter((name) => !files.has(`/${name}`))
    .map((name) =>
      entity(localId('with', stage.name, name), 'PropertyValue', {
        name,
        value: valuesOver(params.flatMap((each) => (Object.hasOwn(each, name) ? [each[name]] : []))),
        exampleOfWork: ref(toolParameterId(stage, 'with', name)),
      }),
    );
}

/** The variables that a program was given beside the files and words of its command line. */
function environmentEntities(stage: PlannedStage): Entity[] {
  const given = stage.cells.map(({ program }) => program?.env ?? {});
  return [...new Set(given.flatMap((each) => Object.keys(each)))].map((name) =>
    entity(localId('environment', stage.name, name), 'PropertyValue', {
      name,
      value: valuesOver(given.flatMap((each) => each[name] ?? [])),
    }),
  );
}

/** Files that a stage read: of the study, and what other stages gave. Of a table in three formats, the one that is read. */
function takenFiles({ cells }: PlannedStage, files: readonly CrateFile[]): string[] {
  const bound = cells.flatMap(({ inputs }) => Object.values(inputs));
  const own = bound.flatMap((binding) => (binding.from === 'file' ? [binding.path] : []));
  const others = bound.flatMap((binding) =>
    binding.from === 'stage' ? [[`${binding.stage}.${binding.output}`, binding] as const] : [],
  );
  const given = [...new Map(others).values()].flatMap(({ stage, output }) => givenBy(stage, output, files));
  const named = cells.flatMap((cell) => [...Object.values(cell.files), ...(cell.program?.code ?? [])]);
  return [...new Set([...own, ...given, ...named])].map(fileId);
}

function givenBy(stage: string, output: string, files: readonly CrateFile[]): string[] {
  const all = files.filter(({ about }) => about.role === 'result' && about.stage === stage && about.output === output);
  const arrow = all.filter(({ path }) => path.endsWith('.arrow'));
  return (arrow.length > 0 ? arrow : all).map(({ path }) => path);
}

/** Files of the crate that a stage gave. A claim's verdict stands with those of the others. */
function resultsOf({ name }: PlannedStage, files: readonly CrateFile[]): CrateFile[] {
  return files.filter(({ about }) =>
    name.startsWith(CLAIM) ? about.role === 'verdicts' : about.role === 'result' && about.stage === name,
  );
}
