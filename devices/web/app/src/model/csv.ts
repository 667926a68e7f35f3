/** Numbers out of a pasted table or a file. */

/** A column of numbers; a gap is not-a-number. */
export interface Column {
  name: string;
  values: number[];
}

export interface Table {
  columns: Column[];
  /** What stands in the first column that holds no numbers, a text a row; empty where there is none. */
  marks: string[];
}

const MISSING = new Set(["", "na", "nan", "null", "none", "-"]);
const DELIMITERS = ["\t", ";", ","] as const;

/**
 * Reads lines of values, with a heading or without; columns may be parted by tabs, semicolons, commas or blanks.
 *
 * Throws an Error that says what to mend where no column holds numbers.
 */
export function parseTable(text: string): Table {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim());
  if (!lines.length) throw new Error("No values: paste numbers, one a line, or a table with a column of numbers.");
  const delimiter = DELIMITERS.find((one) => (lines[0] as string).includes(one));
  let rows = lines.map((line) => cells(line, delimiter));
  // One line of many numbers is one series.
  if (rows.length === 1) rows = (rows[0] as string[]).map((cell) => [cell]);
  const comma = delimiter !== ",";
  const heading = hasHeading(rows, comma) ? (rows.shift() as string[]) : null;
  const width = Math.max(...rows.map((row) => row.length), 0);
  const columns: Column[] = [];
  let marks: string[] = [];
  for (let place = 0; place < width; place += 1) {
    const texts = rows.map((row) => row[place] ?? "");
    const values = texts.map((cell) => toNumber(cell, comma));
    const name = heading?.[place]?.trim() || `column ${place + 1}`;
    if (values.some((value, row) => value === null && !isMissing(texts[row] as string))) marks = marks.length ? marks : texts;
    else if (values.some((value) => value !== null)) columns.push({ name, values: values.map((value) => value ?? NaN) });
  }
  if (!columns.length) throw new Error("No column holds numbers alone: each line needs a value, with a point or a comma for decimals.");
  return { columns, marks };
}

function cells(line: string, delimiter: string | undefined): string[] {
  if (!delimiter) return line.trim().split(/\s+/);
  const found: string[] = [];
  let cell = "";
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      found.push(cell.trim());
      cell = "";
    } else cell += character;
  }
  return [...found, cell.trim()];
}

/** A heading has a text where the rows below have numbers. */
function hasHeading(rows: string[][], comma: boolean): boolean {
  const [first, second] = rows;
  if (!first || !second) return false;
  return first.some((cell, place) => {
    return !isMissing(cell) && toNumber(cell, comma) === null && toNumber(second[place] ?? "", comma) !== null;
  });
}

function isMissing(cell: string): boolean {
  return MISSING.has(cell.trim().toLowerCase());
}

function toNumber(cell: string, comma: boolean): number | null {
  const text = comma && /^[^.]*,\d+$/.test(cell) ? cell.replace(",", ".") : cell;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())) return null;
  return Number(text);
}
