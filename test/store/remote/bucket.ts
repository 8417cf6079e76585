import S3rver from 's3rver';

/** What the server takes for its owner's. */
export const OWN = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** An S3 server of its own with one bucket, on loopback, whose objects are kept in a folder. */
export async function startBucket(
  directory: string,
): Promise<{ readonly endpoint: string; readonly name: string; close(): Promise<void> }> {
  const name = 'results';
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name, configs: [] }],
  });
  const { port } = await server.run();
  return { endpoint: `http://127.0.0.1:${port}`, name, close: () => server.close() };
}
