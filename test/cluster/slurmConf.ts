export interface ClusterShape {
  readonly folder: string;
  readonly host: string;
  readonly user: string;
  /** Of the controller. */
  readonly port: number;
  /** One for each node. */
  readonly nodePorts: readonly number[];
  /** Processors that each node says it has: jobs are short, and wait for each other otherwise. */
  readonly cpus: number;
  /** More lines, or other values for those below. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * The configuration of a Slurm on one machine, for tests: no systemd, no cgroups, no database, loopback only, nodes that
 * are daemons side by side; and quick: it looks for work at once, and gives up on a silent node after seconds.
 */
export function slurmConf({ folder, host, user, port, nodePorts, cpus, settings }: ClusterShape): string {
  const values = {
    ClusterName: 'driftline',
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmctldPort: String(port),
    SlurmUser: user,
    SlurmdUser: user,
    AuthType: 'auth/munge',
    // A requeued job waits until the credential of its first start has expired.
    AuthInfo: `cred_expire=5,socket=${folder}/munge.socket`,
    CredType: 'cred/munge',
    CommunicationParameters: 'NoCtldInAddrAny,NoInAddrAny',
    StateSaveLocation: `${folder}/state`,
    SlurmdSpoolDir: `${folder}/%n/spool`,
    SlurmctldPidFile: `${folder}/slurmctld.pid`,
    SlurmdPidFile: `${folder}/slurmd-%n.pid`,
    SlurmctldLogFile: `${folder}/slurmctld.log`,
    SlurmdLogFile: `${folder}/slurmd-%n.log`,
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    SwitchType: 'switch/none',
    MpiDefault: 'none',
    JobAcctGatherType: 'jobacct_gather/none',
    AccountingStorageType: 'accounting_storage/none',
    JobCompType: 'jobcomp/none',
    SchedulerType: 'sched/backfill',
    SchedulerParameters: 'sched_interval=2,batch_sched_delay=0,bf_interval=2',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_Core',
    ReturnToService: '2',
    SlurmctldTimeout: '10',
    SlurmdTimeout: '10',
    SlurmdParameters: 'config_overrides',
    MessageTimeout: '5',
    KillWait: '2',
    InactiveLimit: '0',
    MinJobAge: '600',
    MaxArraySize: '10001',
    MaxJobCount: '20000',
    JobRequeue: '1',
    ...settings,
  };
  const nodes = nodePorts.map(
    (nodePort, at) =>
      `NodeName=n${at + 1} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${nodePort} CPUs=${cpus} RealMemory=1024 State=UNKNOWN`,
  );
  const partition = 'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO';
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return [...lines, ...nodes, partition, ''].join('\n');
}
