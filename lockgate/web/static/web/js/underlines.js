// Underlines stand in a second, transparent copy of the words that lies exactly under the textarea, so that the
// caret and the typing are the browser's own and never move. The copy also makes the box as high as its words.

/** Offsets come in code points (as the gate counts); the browser counts UTF-16 units. */
function unitsAt(text, codePoints) {
  let units = 0;
  for (let seen = 0; seen < codePoints && units < text.length; seen += 1) units += text.codePointAt(units) > 0xffff ? 2 : 1;
  return units;
}

/** Cut `text` at every border of a span; where spans lie over each other the gravest shows. */
function pieces(text, spans) {
  const cut = spans
    .map((one) => ({ start: unitsAt(text, one.start), end: unitsAt(text, one.end), outcome: one.outcome, grave: one.grave }))
    .filter((one) => one.end > one.start);
  const borders = [...new Set([0, text.length, ...cut.flatMap((one) => [one.start, one.end])])].sort((a, b) => a - b);
  return borders.slice(0, -1).map((start, index) => {
    const end = borders[index + 1];
    const over = cut.filter((one) => one.start <= start && one.end >= end).sort((a, b) => b.grave - a.grave)[0];
    return { words: text.slice(start, end), outcome: over?.outcome };
  });
}

export function underline(under, text, spans) {
  const parts = pieces(text, spans).map((piece) => {
    if (!piece.outcome) return document.createTextNode(piece.words);
    const mark = document.createElement("mark");
    mark.className = piece.outcome;
    mark.textContent = piece.words;
    return mark;
  });
  // A last line break needs something after it to have a height.
  under.replaceChildren(...parts, document.createTextNode("\u200b"));
}

/** After typing, keep the underlines whose words still stand where they stood, before the change. */
export function keepBefore(spans, oldText, newText) {
  let same = 0;
  const most = Math.min(oldText.length, newText.length);
  while (same < most && oldText[same] === newText[same]) same += 1;
  return spans.filter((one) => unitsAt(oldText, one.end) <= same);
}
