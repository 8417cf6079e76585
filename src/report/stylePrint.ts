/** What paper has no use for is left out; what belongs together stays on a page. Comes last: it goes over the rest. */
export const PRINT = `@media print {
  @page { margin: 18mm 16mm; }
  html { font-size: 10pt; }
  .page { display: block; max-width: none; padding: 0; }
  .contents, .skip, label.all, .downloads, .tools, .proof, details.made, details.data, details:not([open]) { display: none; }
  .chapter:not(:has(details.table[open])) .of-tables { display: none; }
  th button::after { content: none; }
  main { max-width: none; padding: 0; }
  .about, main > section > p { max-width: none; }
  figure, .claim, .scores li, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
}
`;
