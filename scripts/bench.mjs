// `npm run bench`: every measurement behind a performance claim, as a table and as bench/results/latest.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchCommandLine, linesOf } from '../bench/commandLine.mjs';
import { lineOf as driftLine, driftRows } from '../bench/drift.mjs';
import { rows as fixedPointRows } from '../bench/fixedPoint.mjs';
import { aimOf, benchKernel, benchQueues, lineOfQueues } from '../bench/kernel.mjs';
import { lineOf as leaseLine, leaseRows } from '../bench/leases.mjs';
import { benchPeers, linesOf as peerLines } from '../bench/peers.mjs';
import { benchReport, lineOf as lineOfReport } from '../bench/report.mjs';
import { benchScale, linesOf as scaleLines } from '../bench/scale.mjs';
import { clusterRows, lineOfRun, linesOfSimulation, simulateRows } from '../bench/slurm.mjs';

const say = (line = '') => process.stdout.write(`${line}\n`);
const machine = {
  cpu: cpus()[0].model,
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
say(`${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`);

say('\nSimulation kernel, interleaved with C built by cc -O3 -march=native (medians)');
const kernel = await benchKernel();
for (const { program, eventsPerSecond } of kernel.rows)
  say(`${program.padEnd(40)}${(eventsPerSecond / 1e6).toFixed(1).padStart(8)} M events/s`);
for (const { against, ratio, aim, met } of kernel.ratios) {
  say(`${`kernel / ${against}`.padEnd(40)}${ratio.toFixed(2).padStart(8)} ×${aimOf(aim, met)}`);
}

say('\nThe kernel over the number of queues, interleaved (medians)');
const queues = await benchQueues();
for (const row of queues) say(lineOfQueues(row));

say('\nMean-field fixed point (median; first call, nothing compiled)');
const fixedPoint = await fixedPointRows();
for (const { name, medianMs, firstMs } of fixedPoint)
  say(`${name.padEnd(40)}${medianMs.toFixed(2).padStart(8)} ms   first ${firstMs.toFixed(1)} ms`);

say('\nDrift certificates in exact rationals (median; first call, nothing compiled)');
const drift = await driftRows();
for (const row of drift) say(driftLine(row));

say('\nscipy and SimPy on the same problems (medians)');
const peers = await benchPeers();
for (const line of peerLines(peers)) say(line);

say('\nCommand line (medians)');
const commandLine = await benchCommandLine();
for (const line of linesOf(commandLine)) say(line);

say('\nA lease, taken and given back; asking what others recorded (medians)');
const leases = await leaseRows();
for (const row of leases) say(leaseLine(row));

say('\nTrivial cells, beside other tools (medians)');
const scale = await benchScale({ say });
for (const line of scaleLines(scale)) say(line);

say('\nThe head of a million cells on 1,000 nodes, simulated');
const head = await simulateRows();
for (const line of linesOfSimulation(head)) say(line);

say('\nTrivial cells through the Slurm of this machine');
const cluster = await clusterRows(undefined, (row) => say(lineOfRun(row)));
if (cluster === undefined) say('left out: there is no sbatch (npm run test:cluster says what to install)');

say('\nThe report of the last run, opened in Chromium (medians)');
const report = await benchReport();
say(report === undefined ? 'left out: there is no report in out/, or no Chromium' : lineOfReport(report));

const folder = fileURLToPath(new URL('../bench/results/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(
  `${folder}latest.json`,
  `${JSON.stringify({ machine, kernel, queues, fixedPoint, peers, drift, commandLine, leases, scale, head, cluster, report }, null, 2)}\n`,
);
say('\nWritten to bench/results/latest.json');
