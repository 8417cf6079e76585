import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Keeper } from './keeper.ts';
import { freePorts } from './ports.ts';
import { until } from './until.ts';

const PLACE = '/usr/sbin/nginx';

/** Whether Debian's nginx is installed. */
export const hasNginx = (): boolean => existsSync(PLACE);

/** A cache server: Debian's nginx with WebDAV, on loopback, of its own and in a temporary folder. */
export class Nginx {
  /** Holds what was put, under `ac/` and `cas/`. */
  readonly data: string;
  /** Takes and gives. */
  readonly url: string;
  /** Gives the same, and takes nothing. */
  readonly readOnlyUrl: string;
  /** Answers 503, whatever it is asked. */
  readonly failingUrl: string;
  readonly #keeper: Keeper;

  private constructor(keeper: Keeper, ports: readonly number[]) {
    this.#keeper = keeper;
    this.data = join(keeper.folder, 'data');
    [this.url, this.readOnlyUrl, this.failingUrl] = ports.map((port) => `http://127.0.0.1:${port}`);
  }

  static async start(): Promise<Nginx> {
    const keeper = new Keeper('nginx');
    try {
      const ports = await freePorts(3);
      const server = new Nginx(keeper, ports);
      for (const name of ['data', 'tmp', 'logs']) mkdirSync(join(keeper.folder, name));
      writeFileSync(join(keeper.folder, 'nginx.conf'), nginxConf(ports));
      keeper.start(
        hasNginx() ? PLACE : 'nginx',
        ['-p', keeper.folder, '-e', 'logs/error.log', '-c', 'nginx.conf'],
        process.env,
      );
      await until(() => server.#answers(), 'nginx to answer', 30_000);
      return server;
    } catch (error) {
      await keeper.close();
      throw keeper.error ?? error;
    }
  }

  async stop(): Promise<void> {
    await this.#keeper.close();
  }

  async #answers(): Promise<boolean> {
    if (this.#keeper.error !== undefined) throw this.#keeper.error;
    try {
      return (await fetch(`${this.url}/healthz`)).ok;
    } catch {
      return false;
    }
  }
}

/**
 * What a group would have on its server: PUT writes a temporary file and renames it, so that nobody reads half an object;
 * the two folders share a disk for that.
 */
const nginxConf = ([port, readOnly, failing]: readonly number[]): string => `\
${userInfo().uid === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 512; }
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
    location = /healthz { return 200; }
    location / { return 404; }
  }
  server {
    listen 127.0.0.1:${readOnly};
    root data;
    location ~ "^/(ac|cas)/[0-9a-f]{64}$" { limit_except GET HEAD { deny all; } }
    location / { return 404; }
  }
  server {
    listen 127.0.0.1:${failing};
    location / { return 503; }
  }
}
`;
