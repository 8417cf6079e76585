import { describe, expect, it } from 'vitest';
import { accountedCluster, DONE } from '../cli/accountedCluster.ts';

const accounted = accountedCluster();

describe('a cluster with accounting', () => {
  it('is not believed where jobs tell better themselves, nor asked of those that are in the queue', async () => {
    const lie = (out: string): string => out.replaceAll('COMPLETED|0:0', 'FAILED|1:0');
    accounted.slurm.cluster.onCall({
      program: 'sacct',
      times: 100,
      done: true,
      answer: (right) => ({ ...right, out: lie(right.out) }),
    });
    accounted.slurm.cluster.onJob({ mishap: { is: 'late', by: 300 }, times: 3 });
    expect(await accounted.run('30s')).toEqual(DONE);
    expect([accounted.slurm.cluster.count('sbatch'), accounted.slurm.cluster.accounted.length]).toEqual([1, 3]);
    const asked = accounted.slurm.cluster.calls.filter(({ program }) => program === 'sacct');
    expect(asked.length).toBeGreaterThan(0);
  });

  it('that has not heard of a job yet, or cannot be reached, is no reason to give it up', async () => {
    accounted.slurm.cluster.onCall(
      { program: 'sacct', answer: { code: 0, out: '', err: '' } },
      { program: 'sacct', answer: { code: 1, out: '', err: 'sacct: error: slurmdbd: Connection refused\n' } },
    );
    accounted.slurm.cluster.onJob({ mishap: { is: 'late', by: 400 }, times: 3 });
    expect(await accounted.run('30s')).toEqual(DONE);
    expect(accounted.slurm.cluster.count('sbatch')).toBe(1);
    expect(accounted.calls()).toContain('scontrol job'); // who else could know
  });
});
