import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A process, told apart from all others that ever ran: a number alone is given again to another process, on another
 * machine, after a restart, and in another container. Null where the system does not tell.
 */
export interface ProcessIdentity {
  readonly host: string;
  /** New at every start of the machine. */
  readonly boot: string | null;
  /** In which process numbers mean the same process: one for each container. */
  readonly namespace: string | null;
  readonly pid: number;
  /** When the process started, in ticks since the machine did: no change of the clock moves it. */
  readonly started: string | null;
}

/** What leases ask the system. */
export interface Processes {
  readonly self: ProcessIdentity;
  /**
   * When the process with this number started; null where there is such a process and the system does not tell since
   * when; undefined where there is none.
   */
  startOf(pid: number): string | null | undefined;
}

/** The processes of this machine. */
export const systemProcesses = (): Processes => ({
  self: {
    host: hostname(),
    boot: textOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: textOrNull(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    started: startOf(process.pid) ?? null,
  },
  startOf,
});

function startOf(pid: number): string | null | undefined {
  const stat = textOrNull(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === null) return exists(pid) ? null : undefined;
  // Field 2, the program's name, may hold spaces and brackets; field 3 is the state, field 22 the start (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A process that ended and that nobody has asked about yet still has its number.
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** Where there is no /proc, or where it hides the processes of others. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function textOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
