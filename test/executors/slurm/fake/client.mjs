// A program of the fake Slurm: says to the test's process how it was called, and prints what comes back.
// Arguments: the socket, the program's name, the program's own arguments.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const [socket, program, ...args] = process.argv.slice(2);
/** Only sbatch reads what it is given, and only where no script is named; whether one is, the other side knows. */
const input = program === 'sbatch' && !process.stdin.isTTY ? textOf(0) : '';
const connection = connect(socket);
connection.setEncoding('utf8');
let text = '';
connection.on('data', (part) => {
  text += part;
});
connection.on('error', (error) => {
  process.stderr.write(`${program}: error: Unable to contact slurm controller (${error.code})\n`);
  process.exitCode = 1;
});
connection.on('end', () => {
  const { code, out, err } = JSON.parse(text);
  process.stdout.write(out);
  process.stderr.write(err);
  process.exitCode = code;
});
const { env } = process;
connection.write(`${JSON.stringify({ program, args, env, cwd: process.cwd(), input })}\n`);

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
