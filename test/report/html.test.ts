import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchor, html, Markup, relativeAddress } from '../../src/report/html.ts';

describe('html', () => {
  it('escapes what is put in, but not markup', () => {
    expect(html`<p title="${'"\'<'}">${'a < b & c'}${new Markup('<br>')}${null}${false}${[1, ' ', '>']}</p>`.text).toBe(
      '<p title="&quot;&#39;&lt;">a &lt; b &amp; c<br>1 &gt;</p>',
    );
  });
});

describe('anchor', () => {
  it('keeps names readable and never gives two names one id', () => {
    expect(anchor('table', 'figure-4-rows.table')).toBe('table-figure-4-rows.table');
    expect(anchor('figure', 'a b')).toBe('figure-a~20~b');
    const name = fc.string({ unit: fc.constantFrom('a', '2', '0', '~', ' ', 'é', '😀') });
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(anchor('claim', a) === anchor('claim', b)).toBe(a === b);
        expect(anchor('claim', a)).not.toMatch(/[\s"<>&#%]/);
      }),
    );
  });
});

it('takes addresses beside the report and none with a scheme or a host', () => {
  expect(relativeAddress('../figures/figure-4.png')).toBe('../figures/figure-4.png');
  expect(relativeAddress('../tables/a-C=2,x=%2C b?#é.csv')).toBe('../tables/a-C=2,x=%252C%20b%3F%23%C3%A9.csv');
  for (const address of [
    'javascript:alert(1)',
    '//host/x',
    '/etc/passwd',
    'https://host/x',
    'data:text/html,x',
    '',
    '\\\\host',
  ])
    expect(relativeAddress(address)).toBeNull();
});
