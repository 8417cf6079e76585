import { AwsV4Signer } from 'aws4fetch';
import { type Digest, sha256 } from '../canonical.ts';
import { HttpClient, type HttpRequest } from './httpClient.ts';
import { nowhere, PATIENCE, type Patience, type Transport } from './transport.ts';

/** A bucket, and who asks. */
export interface S3Options {
  readonly bucket: string;
  /** Before every key; empty, or without a slash at its ends. */
  readonly prefix: string;
  readonly region: string;
  /** Of a server other than Amazon's: the bucket is then the first part of the path. */
  readonly endpoint?: string;
  /** Absent: requests are not signed, which is enough for what everyone may read. */
  readonly credentials?: S3Credentials;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const OF_NOTHING = sha256('');

/** A bucket of S3, or of what speaks its protocol: the same paths as over HTTP, below a prefix; requests are signed (version 4). */
export class S3 implements Transport {
  readonly #options: S3Options;
  readonly #base: string;
  readonly #client: HttpClient;

  constructor(options: S3Options, patience: Patience = PATIENCE) {
    const { bucket, prefix, region, endpoint } = options;
    this.#options = options;
    const folder = prefix === '' ? '' : `/${prefix}`;
    this.#base =
      endpoint === undefined
        ? `https://${bucket}.s3.${region}.amazonaws.com${folder}`
        : `${endpoint.replace(/\/+$/, '')}/${bucket}${folder}`;
    this.#client = new HttpClient(patience);
  }

  async get(path: string, most: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const answer = await this.#client.ask(await this.#signed('GET', path));
    return answer && this.#client.body(answer, most);
  }

  async size(path: string): Promise<number | undefined> {
    const answer = await this.#client.ask(await this.#signed('HEAD', path));
    answer?.resume();
    return answer && Number(answer.headers['content-length']);
  }

  async put(path: string, bytes: Uint8Array, digest: Digest): Promise<void> {
    const answer = await this.#client.ask({ ...(await this.#signed('PUT', path, digest)), body: bytes });
    if (answer === undefined) throw nowhere();
    answer.resume();
  }

  close(): void {
    this.#client.close();
  }

  /** The digest of the body is known: nothing is hashed for the signature. */
  async #signed(method: HttpRequest['method'], path: string, digest: Digest = OF_NOTHING): Promise<HttpRequest> {
    const { credentials, region } = this.#options;
    if (credentials === undefined) return { method, url: new URL(`${this.#base}/${path}`), headers: {} };
    const signer = new AwsV4Signer({
      method,
      url: `${this.#base}/${path}`,
      headers: { 'x-amz-content-sha256': digest },
      ...credentials,
      service: 's3',
      region,
    });
    const { url, headers } = await signer.sign();
    return { method, url, headers: Object.fromEntries(headers as Headers) };
  }
}
