import type { PortType } from './contract.ts';

/** Whether an output can be bound to an input. */
export const fits = (given: PortType, port: PortType): boolean =>
  port.type === 'table'
    ? given.type === 'table'
    : given.type === 'file' && (port.extension === '' || port.extension === given.extension);

/** Columns that an input asks for and its source is known not to give. */
export function missingColumns(given: PortType, port: PortType, axes: readonly string[]): string[] {
  if (given.type !== 'table' || port.type !== 'table' || !given.schema || !port.schema) return [];
  const has = given.schema;
  return Object.keys(port.schema).filter((name) => !Object.hasOwn(has, name) && !axes.includes(name));
}

/** What a message calls a port. */
export const portWords = (port: PortType): string => (port.type === 'table' ? 'a table' : `a .${port.extension} file`);
