/**
 * Light is the default and what is printed; dark only on a screen that asks for it. Text colours have a contrast of at
 * least 4.5 : 1 on both backgrounds. Figures are drawn for white paper: in the dark they are turned over, hue kept.
 */
export const COLOURS = `:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --raised: #ffffff; --sunk: #f3f3ef; --line: #d9d8d0; --hair: #e8e7e0;
  --ink: #1c1d1f; --soft: #5b5d61; --link: #1d4f91;
  --supported: #12694a; --refuted: #b02a1c; --undecided: #835800; --missing: #5b5d61;
  --plate: #ffffff; --turn: none;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --raised: #1b1e22; --sunk: #202429; --line: #3a3f46; --hair: #2b2f35;
    --ink: #e4e3de; --soft: #a2a5aa; --link: #8fb8ef;
    --supported: #58c08f; --refuted: #f28a72; --undecided: #dcaa4b; --missing: #a2a5aa;
    --turn: invert(0.905) hue-rotate(180deg);
  }
}
@media print { :root { color-scheme: light; --paper: #ffffff; } }
`;
