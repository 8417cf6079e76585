import type { Digest } from '../canonical.ts';
import { HttpClient } from './httpClient.ts';
import { nowhere, PATIENCE, type Patience, type Transport } from './transport.ts';

/**
 * Bazel's HTTP caching protocol: GET, HEAD and PUT of `<url>/ac/<hash>` and `<url>/cas/<sha256>`, as nginx with WebDAV,
 * bazel-remote, Google Cloud Storage and others speak it.
 */
export class BazelHttp implements Transport {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #client: HttpClient;

  /** `authorization`: the header of that name. */
  constructor(url: URL, authorization?: string, patience: Patience = PATIENCE) {
    this.#base = new URL(url.href.endsWith('/') ? url : `${url.href}/`);
    this.#headers = authorization === undefined ? {} : { authorization };
    this.#client = new HttpClient(patience);
  }

  async get(path: string, most: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const answer = await this.#client.ask({ method: 'GET', url: this.#url(path), headers: this.#headers });
    return answer && this.#client.body(answer, most);
  }

  async size(path: string): Promise<number | undefined> {
    const answer = await this.#client.ask({ method: 'HEAD', url: this.#url(path), headers: this.#headers });
    answer?.resume();
    return answer && Number(answer.headers['content-length']);
  }

  async put(path: string, bytes: Uint8Array, _sha256: Digest): Promise<void> {
    const headers = { ...this.#headers, 'content-type': 'application/octet-stream' };
    const answer = await this.#client.ask({ method: 'PUT', url: this.#url(path), headers, body: bytes });
    if (answer === undefined) throw nowhere();
    answer.resume();
  }

  close(): void {
    this.#client.close();
  }

  #url(path: string): URL {
    return new URL(path, this.#base);
  }
}
