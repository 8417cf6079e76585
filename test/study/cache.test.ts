import { expect, test } from 'vitest';
import { isCacheAddress } from '../../src/study/cache.ts';
import { planOf, problemsOf } from './fixture.ts';

test('a cache is an address, or a map with a namespace and the wish to write', async () => {
  expect((await planOf('cache: https://cache.example.org/team/\n')).cache).toEqual({
    url: 'https://cache.example.org/team/',
    write: false,
  });
  expect((await planOf('cache: { url: ../shared, namespace: main, write: true }\n')).cache).toEqual({
    url: '../shared',
    namespace: 'main',
    write: true,
  });
  expect(await planOf('')).not.toHaveProperty('cache');
});

test('an address is of a server, a bucket or a folder, and holds no credentials', () => {
  const good = ['http://localhost:8080', 'https://a.org/x/y', 's3://bucket', 's3://bucket/a/b', '/shared', '../c', 'c'];
  expect(good.filter((text) => !isCacheAddress(text))).toEqual([]);
  const bad = [
    '',
    ' /shared',
    'ftp://a.org',
    'https://user:secret@a.org',
    'https://a.org?token=x',
    'https://a.org#x',
    'https://',
    's3://B',
    's3://key:secret@bucket',
    'file:///shared',
    'redis:6379',
  ];
  expect(bad.filter(isCacheAddress)).toEqual([]);
});

test('what is wrong with a cache stands at its place', async () => {
  const yaml = `cache:
  url: https://me:secret@cache.example.org
  namespace: a/b
  write: sometimes
  token: abc
`;
  const problems = await problemsOf(yaml);
  expect(problems).toContain('unknown key "token" in `cache`');
  expect(problems).toContain('is no address of a cache');
  expect(problems).toContain('credentials come from the environment');
  expect(problems).toContain('"a/b" cannot name a namespace');
  expect(problems).toContain('`write` is "sometimes"');
  expect(await problemsOf('cache: { write: true }\n')).toContain('`cache` lacks `url`');
  expect(await problemsOf('cache: 5\n')).toContain('`cache` is 5');
});
