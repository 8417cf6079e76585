import { relative } from 'node:path';
import type { Refusal } from '../store/storeError.ts';
import type { Distrust } from '../store/trust.ts';

/** A path as a person would write it from here. */
function nearby(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
}

/** Why a folder is left alone, and what to do. */
export function distrustWords({ path, reason }: Distrust): string {
  const folder = nearby(path);
  switch (reason) {
    case 'link':
      return `${folder} is a symbolic link, which is not followed: what is kept there would stand elsewhere. Remove the link.`;
    case 'broken-link':
      return `${folder} is a symbolic link that leads nowhere. Make the folder that it names, or remove the link.`;
    case 'not-a-store':
      return `${folder}, where the link .driftline leads, holds something else than results of Driftline. Let it lead to an empty folder.`;
    case 'not-a-folder':
      return `${folder} is in the way: a folder is to be there. Remove it.`;
    case 'world-writable':
      return `${folder} can be written by everyone, and the store holds code that is run. If you trust what is in it: chmod o-w ${folder}; else remove it.`;
    case 'foreign-owner':
      return `${folder} belongs to neither you nor the owner of the study, and the store holds code that is run. Remove it, or copy the study without it.`;
  }
}

/** One line on why a place cannot be written, and what to do. */
export function refusalWords({ code, path, reason }: Refusal): string {
  const cannot = `${nearby(path)} cannot be written`;
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
