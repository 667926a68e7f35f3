/** What is wrong with an answer, a sentence each; none: it is right. */
export type Faults = string[];

type Numbers = ArrayLike<number | bigint>;

/** Values as vectors hold them: null is NaN. */
export function numbers(values: readonly (number | string | null)[]): number[] {
  return values.map((value) => {
    if (value === null) return NaN;
    return typeof value === "string" ? (value === "inf" ? Infinity : -Infinity) : value;
  });
}

/** Whether numbers differ by no more than so great a part of the greatest of those wanted, or of 1. */
export function near(found: Numbers, wanted: Numbers, tolerance: number, what: string): Faults {
  if (found.length !== wanted.length) return [`${what}: ${found.length} values, wanted ${wanted.length}`];
  let scale = 1;
  for (let at = 0; at < wanted.length; at++) scale = Math.max(scale, Math.abs(Number(wanted[at])));
  for (let at = 0; at < wanted.length; at++) {
    const difference = Math.abs(Number(found[at]) - Number(wanted[at]));
    const same = found[at] === wanted[at] || (Number.isNaN(found[at]) && Number.isNaN(wanted[at]));
    if (!same && !(difference <= tolerance * scale)) return [`${what}[${at}]: ${found[at]}, wanted ${wanted[at]}`];
  }
  return [];
}

/** Whether values are equal as JSON. */
export function same(found: unknown, wanted: unknown, what: string): Faults {
  const [one, other] = [plain(found), plain(wanted)];
  return one === other ? [] : [`${what}: ${one?.slice(0, 300)}, wanted ${other?.slice(0, 300)}`];
}

/** Whether all of these hold. */
export function all(...parts: Faults[]): Faults {
  return parts.flat();
}

function plain(value: unknown): string | undefined {
  return JSON.stringify(value, (_, item: unknown) => {
    if (ArrayBuffer.isView(item)) return Array.from(item as unknown as ArrayLike<number>);
    if (typeof item === "object" && item !== null && !Array.isArray(item)) {
      return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
    }
    return typeof item === "bigint" ? String(item) : item;
  });
}
