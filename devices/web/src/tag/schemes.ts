export const OUTSIDE = "O";
/** BILOU's and BMEWO's letters for what IOBES calls I, E and S. */
const LETTERS: Readonly<Record<string, string>> = { B: "B", I: "I", M: "I", E: "E", L: "E", S: "S", U: "S", W: "S" };

/** Tokens `start` up to `stop` (not included) have this label. */
export interface LabelSpan {
  readonly label: string;
  readonly start: number;
  readonly stop: number;
}

/** The spans that labels of any of the schemes mark, in order; faulty ones are read as conlleval reads them. */
export function spansOf(labels: readonly string[]): LabelSpan[] {
  const found: LabelSpan[] = [];
  let open = null as { label: string; start: number } | null;
  let before = OUTSIDE;
  for (const [place, label] of labels.entries()) {
    const [letter, name] = parted(label);
    const goesOn = letter === "I" || letter === "E";
    const begins =
      letter === "B" || letter === "S" || (goesOn && (name !== (open?.label ?? "") || before === "E" || before === "S"));
    if (open && (begins || letter === "" || letter === OUTSIDE)) {
      found.push({ ...open, stop: place });
      open = null;
    }
    if (begins) open = { label: name, start: place };
    before = letter;
  }
  return open ? [...found, { ...open, stop: labels.length }] : found;
}

/** A scheme's letter ("" where there is none) and the span's label. */
function parted(label: string): [string, string] {
  if (label === OUTSIDE) return [OUTSIDE, ""];
  const dash = label.indexOf("-");
  const name = label.slice(dash + 1);
  return dash < 0 || !name ? ["", ""] : [LETTERS[label.slice(0, dash)] ?? "", name];
}
