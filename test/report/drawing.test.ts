import { describe, expect, it } from 'vitest';
import { svgAddress, svgSize } from '../../src/report/drawing.ts';

const SVG = `<svg width="640" height="320.5" viewBox="0 0 640 320">
<path d="M12.34567,-1.23456L2.3456e-7,4" aria-label="x: 1" role="graphics-symbol" stroke-opacity="0.123456"/>
<text class="a" transform="translate(1.23456,2)" font-family="A, b">role="x" d="0.123456" λ &amp; 0.8866</text><text font-family="A, b" pointer-events="none"/><text font-family="'C'"/></svg>`;

describe('a drawing in the page', () => {
  it('has no lengths that nobody sees and no texts that nobody hears', () => {
    const drawn = decodeURIComponent(svgAddress(SVG).text.replace('data:image/svg+xml;charset=utf-8,', ''));
    expect(drawn).toBe(`<svg font-family='A, b' width='640' height='320.5' viewBox='0 0 640 320'>
<path d='M12.3,-1.2L2.3456e-7,4' stroke-opacity='0.123456'/>
<text transform='translate(1.2,2)'>role="x" d="0.123456" λ &amp; 0.8866</text><text/><text font-family="'C'"/></svg>`);
  });

  it('is an address that a quoted attribute holds', () => expect(svgAddress(SVG).text).not.toMatch(/["<>&#\r\n\t]/));

  it('declares its size', () => {
    expect(svgSize(SVG)).toEqual({ width: 640, height: 321 });
    expect(svgSize('<svg>')).toBeNull();
  });
});
