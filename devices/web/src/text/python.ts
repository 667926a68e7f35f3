/** What Python's strings know of characters, where JavaScript has other rules. */

// `str.isspace`: separators, and control characters of the bidirectional classes B, S and WS.
const SPACES = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACE = new RegExp(`^[${SPACES}]$`);
const LEADING = new RegExp(`^[${SPACES}]+`);
const TRAILING = new RegExp(`[${SPACES}]+$`);
const LETTER = /^\p{L}$/u;
// Decimal digits, other digits and numbers: what `str.isnumeric` counts, but for ideographs, which are letters.
const NUMERIC = /^[\p{Nd}\p{Nl}\p{No}]$/u;
const DIGIT = /^\p{Nd}$/u;
/** Digits that are not decimal, which `str.isdigit` counts too: superscripts, digits in circles and in other shapes. */
const OTHER_DIGITS = /^[\u00b2\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]$/u;

/** A character class for regular expressions, as Python's `\s`. */
export const SPACE_CLASS = `[${SPACES}]`;
/** The same without the brackets. */
export const SPACE_RANGE = SPACES;

export const isSpace = (character: string): boolean => SPACE.test(character);
export const isAlpha = (character: string): boolean => LETTER.test(character);
export const isDigit = (character: string): boolean => DIGIT.test(character) || OTHER_DIGITS.test(character);
export const isAlnum = (character: string): boolean => LETTER.test(character) || NUMERIC.test(character);

/** `str.strip`. */
export const strip = (text: string): string => lstrip(rstrip(text));
export const lstrip = (text: string): string => text.replace(LEADING, "");
export const rstrip = (text: string): string => text.replace(TRAILING, "");
