import { relative } from 'node:path';
import type { Refusal } from '../store/storeError.ts';

/** One line on why a place cannot be written, and what to do. */
export function refusalWords({ code, path, reason }: Refusal): string {
  const near = relative(process.cwd(), path);
  const cannot = `${near === '' || near.startsWith('..') ? path : near} cannot be written`;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full: ${cannot} (${code}). What is finished is kept; make room and run again.`;
    case 'EROFS':
      return `The file system is read-only: ${cannot} (${code}).`;
    case 'EACCES':
    case 'EPERM':
      return `No permission: ${cannot} (${code}). See who owns it and its folder.`;
    case 'EIO':
      return `The disk fails: ${cannot} (${reason}).`;
  }
}
