import { inflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { packed } from '../../src/report/packed.ts';

it('packs data into what cannot end or nest an element, and that reads back the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { text } = packed(value);
      expect(text).toMatch(/^[A-Za-z0-9+/=]+$/);
      expect(JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString('utf8'))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});
