import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryName } from '../atomic.ts';
import type { Digest } from '../canonical.ts';
import { PATIENCE, type Patience, RemoteError, type Transport } from './transport.ts';

const PIECE = 2 ** 16;

/**
 * A folder that several machines see: the same paths as over HTTP, so that a server may hand out the same folder. Files
 * are written under a temporary name and renamed. What is no plain file is not read, nor is a link followed.
 */
export class Folder implements Transport {
  readonly #root: string;
  readonly #idle: number;
  readonly #rate: number;
  #closed = false;

  constructor(folder: string, patience: Patience = PATIENCE) {
    this.#root = folder;
    this.#idle = patience.idle;
    this.#rate = patience.rate;
  }

  async get(path: string, most: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const found = await this.#within(() => this.#open(path));
    if (found === undefined) return undefined;
    return this.#pieces(found.file, most);
  }

  async size(path: string): Promise<number | undefined> {
    const found = await this.#within(() => this.#open(path));
    await found?.file.close();
    return found?.size;
  }

  async put(path: string, bytes: Uint8Array, _sha256: Digest): Promise<void> {
    const most = this.#idle + (bytes.length / this.#rate) * 1000;
    await this.#within(() => this.#write(join(this.#root, path), bytes), most);
  }

  close(): void {
    this.#closed = true;
  }

  async *#pieces(file: FileHandle, most: number): AsyncIterable<Uint8Array> {
    let received = 0;
    try {
      for (;;) {
        const { bytesRead, buffer } = await this.#within(() => file.read(Buffer.alloc(PIECE), 0, PIECE));
        if (bytesRead === 0) return;
        received += bytesRead;
        if (received > most) throw new RemoteError('too-long', `it holds more than ${most} bytes`);
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      file.close().catch(() => undefined); // not waited for: what stands still would not close either
    }
  }

  async #open(path: string): Promise<{ readonly file: FileHandle; readonly size: number } | undefined> {
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    let file: FileHandle;
    try {
      file = await open(join(this.#root, path), flags);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'ENOENT' && (await isFolder(this.#root))) return undefined;
      throw error;
    }
    const stat = await file.stat();
    if (stat.isFile()) return { file, size: stat.size };
    await file.close();
    throw new RemoteError('answer', 'what is there is no plain file');
  }

  async #write(target: string, bytes: Uint8Array): Promise<void> {
    const temporary = temporaryName(target);
    if (!(await isFolder(this.#root))) throw new RemoteError('unreachable', 'there is no such folder');
    await mkdir(dirname(target), { recursive: true });
    try {
      const file = await open(temporary, 'wx', 0o444);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** A server of files that went away lets a call stand still for ever: it is waited for so long only. */
  async #within<T>(work: () => Promise<T>, most: number = this.#idle): Promise<T> {
    if (this.#closed) throw new RemoteError('cut-off', 'it was stopped');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new RemoteError('timeout', `within ${Math.ceil(most / 1000)} s`)), most);
    });
    try {
      return await Promise.race([work(), late]);
    } catch (error) {
      if (error instanceof RemoteError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      throw new RemoteError(code === 'EACCES' || code === 'EROFS' ? 'forbidden' : 'unreachable', code ?? message);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A folder that is not there is out of reach, not empty: a share that is not mounted, or a wrong name. */
async function isFolder(path: string): Promise<boolean> {
  try {
    const folder = await open(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
    await folder.close();
    return true;
  } catch {
    return false;
  }
}
