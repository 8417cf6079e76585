import type { PlannedStage } from '../study/plan.ts';
import { localId } from './entity.ts';

/** What runs a `run:` stage. */
export const PROGRAM = 'driftline:run';

export const COMPLETED = 'http://schema.org/CompletedActionStatus';

export const ENGINE = '#driftline';
export const LANGUAGE = '#study-language';
export const NODE = '#node';

export const RUN = (id: string): string => localId('run', id);
export const ENGINE_RUN = (id: string): string => localId('engine-run', id);

export const isProgram = ({ uses }: PlannedStage): boolean => uses === PROGRAM;

/** The tool that implements a stage: its kind, or the program that it runs, which is its own. */
export const toolId = (stage: PlannedStage): string =>
  isProgram(stage) ? localId('program', stage.name) : localId('kind', stage.uses);

/** A formal parameter of a stage's tool: an input, an output, or what is said under `with`. */
export const toolParameterId = (stage: PlannedStage, sort: 'input' | 'output' | 'with', name: string): string =>
  isProgram(stage) ? localId('program', stage.name, sort, name) : localId('kind', stage.uses, sort, name);

/** Formal parameters of the whole study. */
export const paramId = (name: string): string => localId('param', name);
export const inputId = (path: string): string => localId('input', path);
export const outputId = (stage: string, output: string): string => localId('output', `${stage}.${output}`);

/** Their values in the run. */
export const valueId = (name: string): string => localId('value', name);
export const SEED = localId('seed');
export const SEED_VALUE = localId('seed-value');

export const stepId = (stage: string): string => localId('step', stage);
export const actionId = (stage: string): string => localId('action', stage);
export const controlId = (stage: string): string => localId('control', stage);
