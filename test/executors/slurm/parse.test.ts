import { describe, expect, it } from 'vitest';
import {
  parseAccounting,
  parseJobs,
  parseQueue,
  parseSetting,
  parseSubmitted,
} from '../../../src/executors/slurm/parse.ts';

const waits = { state: 'pending', word: 'PENDING', code: 0, signal: 0 };
const cancelled = { state: 'ended', word: 'CANCELLED', code: 0, signal: 0 };

describe('the queue', () => {
  it('is read line by line; a reason is kept whole, and of those that wait alone', () => {
    const text = [
      '12|0|RUNNING|driftline-a|None',
      '12|1|PENDING|driftline-a|Priority',
      '13|N/A|PENDING|mine|launch failed requeued held',
      '14|2|PENDING|odd|Reserved for maintenance|soon',
      '15|3|COMPLETING|driftline-b|None',
      '15|4|UNKNOWN|driftline-b|None',
    ].join('\n');
    expect(parseQueue(text)).toEqual([
      { job: '12', element: 0, name: 'driftline-a', state: 'running', reason: '' },
      { job: '12', element: 1, name: 'driftline-a', state: 'pending', reason: 'Priority' },
      { job: '13', element: 0, name: 'mine', state: 'pending', reason: 'launch failed requeued held' },
      { job: '14', element: 2, name: 'odd', state: 'pending', reason: 'Reserved for maintenance|soon' },
      { job: '15', element: 3, name: 'driftline-b', state: 'running', reason: '' },
      { job: '15', element: 4, name: 'driftline-b', state: 'unknown', reason: '' },
    ]);
  });

  it.each(['', '\n', 'slurm_load_jobs error', '|||', '1|[2-9]|PENDING|a|b', 'x|1|RUNNING|a|b', '1|2|RUNNING'])(
    'passes over %j',
    (text) => expect(parseQueue(text)).toEqual([]),
  );
});

describe('what is known of a job that ended', () => {
  it('is read from accounting', () => {
    const text =
      '12_0|COMPLETED|0:0\n12_1|CANCELLED by 1000|0:15\n13|FAILED|7:0\n14_[3-4,6%2]|PENDING|0:0\n17_[0-1]|CANCELLED by 1000|0:0\n15_1||\n16_1|UNKNOWN|0:0\nrubbish';
    expect(parseAccounting(text)).toEqual([
      { job: '12', element: 0, state: 'ended', word: 'COMPLETED', code: 0, signal: 0 },
      { job: '12', element: 1, state: 'ended', word: 'CANCELLED', code: 0, signal: 15 },
      { job: '13', element: 0, state: 'ended', word: 'FAILED', code: 7, signal: 0 },
      ...[3, 4, 6].map((element) => ({ job: '14', element, ...waits })),
      ...[0, 1].map((element) => ({ job: '17', element, ...cancelled })),
    ]);
  });

  it('is read from the controller', () => {
    const text = [
      'JobId=21 ArrayJobId=20 ArrayTaskId=4 JobName=driftline-a UserId=me(1) JobState=NODE_FAIL Reason=NodeDown Requeue=1 ExitCode=1:0 RunTime=00:00:01',
      'JobId=22 JobName=x JobState=RUNNING Reason=None ExitCode=0:0',
      'JobId=20 ArrayJobId=20 ArrayTaskId=5-6,8%2 ArrayTaskThrottle=2 JobName=driftline-a JobState=PENDING ExitCode=0:0',
      'JobId=23 ArrayJobId=23 ArrayTaskId=0-4:2,7,... JobName=driftline-b JobState=CANCELLED Reason=Priority ExitCode=0:0',
      'JobId=24 ArrayJobId=24 ArrayTaskId=0-999999999 JobName=absurd JobState=PENDING ExitCode=0:0',
    ].join('\n');
    expect(parseJobs(text)).toEqual([
      { job: '20', element: 4, state: 'ended', word: 'NODE_FAIL', code: 1, signal: 0 },
      { job: '22', element: 0, state: 'running', word: 'RUNNING', code: 0, signal: 0 },
      ...[5, 6, 8].map((element) => ({ job: '20', element, ...waits })),
      ...[0, 2, 4, 7].map((element) => ({ job: '23', element, ...cancelled })),
    ]);
  });
});

describe('other answers', () => {
  it('name the job that was submitted', () => {
    expect(parseSubmitted('123\n')).toBe('123');
    expect(parseSubmitted('123;cluster\n')).toBe('123');
    expect(parseSubmitted('sbatch: a remark of the site\n124\n')).toBe('124');
    expect(parseSubmitted('Submitted batch job 123')).toBeUndefined();
  });

  it('name a setting', () => {
    const text = 'MaxArraySize            = 1001\nMaxJobCount             = 10000\n';
    expect(parseSetting(text, 'MaxArraySize')).toBe(1001);
    expect(parseSetting(text, 'MaxArray')).toBeUndefined();
  });
});
