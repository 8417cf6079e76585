/**
 * What a study imports as `driftline/stage`: all that a kind of stage is written with, so that it needs no other package.
 * Driftline's own kinds import the defining files.
 */
export { type Static, Type } from '@sinclair/typebox';
export type { ParameterProblem } from '../study/contract.ts';
export type { ColumnType, Schema, Table } from '../tables/table.ts';
export { defineStage, file, optional, type RunContext, type StageDefinition, table } from './stage.ts';
