import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';

const NGINX = '/usr/sbin/nginx';

/** Debian's nginx with WebDAV, where it is installed. */
export const hasNginx = (): boolean => existsSync(NGINX);

/** Starts one of its own in a folder, on loopback, as `docs/remote-caches.md` configures it; returns its address. */
export async function startNginx(folder: string): Promise<string> {
  for (const name of ['data', 'tmp', 'logs']) mkdirSync(join(folder, name));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(port));
  const child = spawn(NGINX, ['-p', folder, '-e', 'logs/error.log', '-c', 'nginx.conf'], { stdio: 'ignore' });
  afterAll(() => ended(child));
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: see ${folder}/logs/error.log`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 404) return url;
    await sleep(50);
  }
  throw new Error('nginx does not answer');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port');
  return address.port;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

const configuration = (port: number): string => `
${userInfo().uid === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  default_type application/octet-stream;
  client_body_temp_path tmp/body;
  proxy_temp_path tmp/proxy;
  fastcgi_temp_path tmp/fastcgi;
  uwsgi_temp_path tmp/uwsgi;
  scgi_temp_path tmp/scgi;
  client_max_body_size 0;
  server {
    listen 127.0.0.1:${port};
    root data;
    location ~ "^/(ac|cas)/[0-9a-f]{64}$" {
      dav_methods PUT;
      create_full_put_path on;
      limit_except GET HEAD PUT { deny all; }
    }
    location / { return 404; }
  }
}
`;
