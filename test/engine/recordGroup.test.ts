import { afterEach, describe, expect, it, vi } from 'vitest';
import { RecordGroup } from '../../src/engine/recordGroup.ts';
import { ActionLog, type LogEntry } from '../../src/store/actions.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();
afterEach(() => {
  vi.useRealTimers();
});

const entry = (key: string): LogEntry => ({
  key,
  record: { outputs: {}, seconds: 1, run: 'r', target: key },
  manifest: { format: 1 },
});

describe('records of a group', () => {
  it('are on disk when their promises resolve, and not before they are written together', async () => {
    const root = folder();
    const log = new ActionLog(root, 'one');
    const group = new RecordGroup(log);
    const onDisk = () => [...new ActionLog(root, 'reader').keys()];
    const added = ['a', 'b', 'c'].map((key) => group.add(entry(key)));
    expect(onDisk()).toEqual([]);
    group.flush();
    expect(onDisk()).toEqual(['a', 'b', 'c']);
    await Promise.all(added);
    log.close();
  });

  it('wait for company for 20 ms at most', async () => {
    vi.useFakeTimers();
    const append = vi.fn();
    const group = new RecordGroup({ appendAll: append } as unknown as ActionLog);
    const added = group.add(entry('a'));
    vi.advanceTimersByTime(19);
    expect(append).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(append).toHaveBeenCalledOnce();
    await added;
    group.flush();
    expect(append).toHaveBeenCalledOnce();
  });

  it('all fail where they cannot be written, and the next group is tried anew', async () => {
    const append = vi.fn(() => {
      throw new Error('disk full');
    });
    const group = new RecordGroup({ appendAll: append } as unknown as ActionLog);
    const added = ['a', 'b'].map((key) => group.add(entry(key)));
    group.flush();
    for (const each of added) await expect(each).rejects.toThrow('disk full');
    append.mockImplementation(() => undefined as never);
    const next = group.add(entry('c'));
    group.flush();
    await next;
  });
});
