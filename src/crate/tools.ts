import type { Port } from '../study/contract.ts';
import { DECISIONS } from '../study/decisions.ts';
import type { PlannedStage } from '../study/plan.ts';
import { type Entity, entity, fileId, localId, ref, refs } from './entity.ts';
import type { CrateKind, CrateModel } from './model.ts';
import { ENGINE, isProgram, NODE, toolId, toolParameterId } from './names.ts';
import { typeOfSchema } from './values.ts';

/** The tools that implement the study's stages, with their formal parameters and the packages that they need. */
export function toolEntities({ plan, kinds, home }: CrateModel): Entity[] {
  const users = new Map<string, PlannedStage[]>();
  for (const stage of plan.stages) users.set(toolId(stage), [...(users.get(toolId(stage)) ?? []), stage]);
  const tools = [...users].flatMap(([id, stages]) => {
    const kind = kinds.get(stages[0].uses)!;
    return isProgram(stages[0]) ? programEntities(id, stages[0]) : kindEntities(id, stages, kind, home);
  });
  const used = [...users.values()].flatMap(([stage]) => (isProgram(stage) ? [] : [kinds.get(stage.uses)!]));
  const packages = new Map(used.flatMap(packagesOf));
  return [...tools, ...packages.values()];
}

function kindEntities(id: string, stages: readonly PlannedStage[], kind: CrateKind, home: string): Entity[] {
  const { contract } = kind;
  const [stage] = stages;
  const ports = (sort: 'input' | 'output', declared: Readonly<Record<string, Port>>): Entity[] =>
    [...new Set([...Object.keys(declared), ...stages.flatMap((each) => portsOf(each, sort))])].map((name) =>
      port(stage, sort, name, declared[name]?.optional !== true),
    );
  const inputs = ports('input', contract.inputs);
  const outputs = ports('output', contract.outputs);
  const given = withParameters(stage, kind, stages);
  const tool = entity(id, 'SoftwareApplication', {
    name: stage.uses,
    description: contract.summary,
    softwareVersion: `sha256:${kind.digest}`,
    url: ref(fileId(kind.main)),
    mainEntity: ref(fileId(kind.main)),
    isPartOf: kind.main.startsWith(`${home}/`) ? ref(ENGINE) : undefined,
    softwareRequirements: [
      ref(NODE),
      ...refs(kind.sources.filter((path) => path !== kind.main).map(fileId)),
      ...refs(packagesOf(kind).map(([name]) => name)),
    ],
    input: refs([...given, ...inputs].map((each) => each['@id'])),
    output: refs(outputs.map((each) => each['@id'])),
  });
  return [tool, ...given, ...inputs, ...outputs];
}

/** What may be said under `with`: the properties of the kind's schema, and whatever else the study says. */
function withParameters(stage: PlannedStage, { contract }: CrateKind, stages: readonly PlannedStage[]): Entity[] {
  const { properties, required } = contract.params as { properties?: Record<string, unknown>; required?: string[] };
  const said = stages.flatMap(({ cells }) => cells.flatMap(({ params }) => Object.keys((params ?? {}) as object)));
  return [...new Set([...Object.keys(properties ?? {}), ...said])].map((name) => {
    const schema = properties?.[name] as { description?: unknown } | undefined;
    return entity(toolParameterId(stage, 'with', name), 'FormalParameter', {
      name,
      ...typeOfSchema(schema),
      description: typeof schema?.description === 'string' ? schema.description : undefined,
      valueRequired: required?.includes(name) === true,
    });
  });
}

function programEntities(id: string, stage: PlannedStage): Entity[] {
  const code = new Set(stage.cells.flatMap(({ program }) => program?.code ?? []));
  const [first] = code;
  const inputs = portsOf(stage, 'input').map((name) => port(stage, 'input', name, true));
  const outputs = portsOf(stage, 'output').map((name) => port(stage, 'output', name, true));
  const words = entity(toolParameterId(stage, 'with', 'argv'), 'FormalParameter', {
    name: 'argv',
    additionalType: 'Text',
    description: 'The command line, in which ${inputs.x} and ${outputs.y} stand for the files of these parameters',
    valueRequired: true,
  });
  const tool = entity(id, 'SoftwareApplication', {
    name: stage.cells[0]?.program?.argv[0] ?? stage.name,
    description: `The program of the stage ${stage.name}`,
    mainEntity: first === undefined ? undefined : ref(fileId(first)),
    softwareRequirements: refs([...code].map(fileId)),
    input: refs([words, ...inputs].map((each) => each['@id'])),
    output: refs(outputs.map((each) => each['@id'])),
  });
  return [tool, words, ...inputs, ...outputs];
}

const port = (stage: PlannedStage, sort: 'input' | 'output', name: string, valueRequired: boolean): Entity =>
  entity(toolParameterId(stage, sort, name), 'FormalParameter', { name, additionalType: 'File', valueRequired });

/** Names of the inputs that a stage has in some cell, or of its outputs. */
export const portsOf = ({ cells, outputs, until }: PlannedStage, sort: 'input' | 'output'): string[] =>
  sort === 'output'
    ? [...Object.keys(outputs), ...(until === undefined ? [] : [DECISIONS])]
    : [...new Set(cells.flatMap(({ inputs }) => Object.keys(inputs)))];

/** The packages that a kind imports, by id: several kinds share most of them. */
function packagesOf({ packages }: CrateKind): [id: string, Entity][] {
  return Object.entries(packages).map(([name, version]) => {
    const id = localId('package', name, version);
    return [id, entity(id, 'SoftwareApplication', { name, softwareVersion: version })];
  });
}
