import type { Link, Translation } from "../outcomes.js";
import { isAlpha, strip } from "../text/python.js";
import type { Span } from "../text/spans.js";
import { cutAtKept, mask, type Masked, renumbered, retagged, type Untagged, untag } from "./kept.js";
import { halved, shortened } from "./layout.js";
import type { TranslationOptions } from "./options.js";
import type { Said, SentenceTranslator } from "./sentence.js";

/** A translation with the number of tokens that it took. */
export interface Ranked {
  readonly translation: Translation;
  readonly tokens: number;
}

/** A translation of a piece, and the piece. */
interface SaidOf {
  readonly piece: string;
  readonly said: Said;
}

/** Sentences of any length, with what must be kept in them. */
export class KeepingTranslator {
  constructor(readonly sentences: SentenceTranslator) {}

  /** Up to `nBest` translations of a sentence, the best first; one line, its blanks common ones, with a letter in it. */
  async translate(sentence: string, options: TranslationOptions): Promise<Ranked[]> {
    const untagged = untag(sentence);
    const spoken = !this.sentences.saysUnknown;
    for (const numbers of [false, true]) {
      const masked = mask(untagged.edited.text, numbers, spoken);
      if (numbers && !masked.kept.size) break;
      const standIns = spoken ? "" : [...masked.kept.keys()].join("");
      const found = await this.whole(masked.edited.text, options, standIns, untagged.tags.length > 0);
      const good = new Map<string, Ranked>();
      for (const said of found) {
        const one = restored(untagged, masked, said);
        // Some differ in nothing but a number that was put right.
        if (one && !good.has(one.translation.text)) good.set(one.translation.text, one);
      }
      if (good.size) return [...good.values()].slice(0, options.nBest);
    }
    return [await this.inPieces(untagged, options)];
  }

  /** The likeliest translation as it comes; at once where something must be kept. */
  async *stream(sentence: string, options: TranslationOptions): AsyncGenerator<string> {
    if (untag(sentence).tags.length || cutAtKept(sentence).some((one) => one.kept)) {
      yield (await this.translate(sentence, options))[0]!.translation.text;
      return;
    }
    for (const piece of shortened(sentence, (text) => this.sentences.fits(text))) {
      const [before, middle, after] = withoutEnds(piece);
      if (before) yield before;
      if (!hasLetters(middle)) {
        if (middle) yield middle;
      } else if (this.sentences.isLong(middle)) yield (await this.whole(middle, options, "", false))[0]!.text;
      else yield* this.sentences.stream(middle, options);
      if (after) yield after;
    }
  }

  /** Translations of a text that may be too long to be read at once. */
  private async whole(text: string, options: TranslationOptions, standIns: string, tagged: boolean): Promise<Said[]> {
    const aligned = tagged || options.alignment;
    const ranked: SaidOf[][] = [];
    for (const piece of shortened(text, (one) => this.sentences.fits(one))) {
      ranked.push(...(await this.withoutLack(piece, options, standIns, aligned)));
    }
    const count = Math.max(...ranked.map((one) => one.length));
    return Array.from({ length: count }, (_, rank) => chained(ranked.map((one) => one[Math.min(rank, one.length - 1)]!)));
  }

  /** Translations of a piece, or of its halves one after the other where a part of it would be missing. */
  private async withoutLack(
    piece: string,
    options: TranslationOptions,
    standIns: string,
    aligned: boolean,
  ): Promise<SaidOf[][]> {
    const found = await this.piece(piece, options, standIns, aligned);
    if (!found[0]!.said.lacks) return [found];
    const halves: SaidOf[][] = [];
    for (const half of halved(piece)) halves.push(...(await this.withoutLack(half, options, standIns, aligned)));
    return halves;
  }

  /** Translations of what fits, with the blanks at its ends. */
  private async piece(piece: string, options: TranslationOptions, standIns: string, aligned: boolean): Promise<SaidOf[]> {
    const [before, middle, after] = withoutEnds(piece);
    if (!hasLetters(middle)) return [{ piece, said: unsaid(piece) }];
    const found = await this.sentences.translate(middle, options, standIns, aligned);
    return found.map((one) => {
      const links = one.links.map((link) => moved(link, before.length, before.length));
      return { piece, said: { ...one, text: before + one.text + after, links } };
    });
  }

  /** What must be kept as it is, and the pieces between translated by themselves. */
  private async inPieces(untagged: Untagged, options: TranslationOptions): Promise<Ranked> {
    const chosen: SaidOf[] = [];
    for (const { text, kept } of cutAtKept(untagged.edited.text)) {
      const said = kept ? unsaid(text) : (await this.whole(text, options, "", untagged.tags.length > 0))[0]!;
      chosen.push({ piece: text, said });
    }
    return tagged(untagged, chained(chosen));
  }
}

export function hasLetters(text: string): boolean {
  for (const character of text) if (isAlpha(character)) return true;
  return false;
}

/** The same link in texts with so many characters before. */
export function moved(link: Link, source: number, target: number): Link {
  const by = ([start, end]: Span, shift: number): Span => [start + shift, end + shift];
  return { source: by(link.source, source), target: by(link.target, target), weight: link.weight };
}

function unsaid(text: string): Said {
  return { text, score: 0, tokens: 0, links: [], lacks: false };
}

/** With what the stand-ins stand for, and with the tags; null where something is missing. */
function restored(untagged: Untagged, masked: Masked, said: Said): Ranked | null {
  const numbered = renumbered(masked.edited.text, said.text);
  const whole = numbered && masked.restored(numbered.text);
  if (!numbered || !whole) return null;
  const links = said.links.map((link) => ({
    ...link,
    source: masked.edited.before(link.source),
    target: whole.after(numbered.after(link.target)),
  }));
  return tagged(untagged, { ...said, text: whole.text, links });
}

function tagged(untagged: Untagged, said: Said): Ranked {
  const edited = retagged(said.text, untagged.tags, said.links);
  const alignment = said.links.map((link) => ({
    ...link,
    source: untagged.edited.before(link.source),
    target: edited.after(link.target),
  }));
  return { translation: { text: edited.text, score: said.score, alignment }, tokens: said.tokens };
}

/** Translations of pieces that follow each other as one. */
function chained(pieces: readonly SaidOf[]): Said {
  const links: Link[] = [];
  let source = 0;
  let text = "";
  let tokens = 0;
  let sum = 0;
  for (const { piece, said } of pieces) {
    links.push(...said.links.map((link) => moved(link, source, text.length)));
    source += piece.length;
    text += said.text;
    tokens += said.tokens;
    sum += said.score * said.tokens;
  }
  return { text, score: tokens ? sum / tokens : 0, tokens, links, lacks: false };
}

function withoutEnds(piece: string): [string, string, string] {
  const middle = strip(piece);
  const start = middle ? piece.indexOf(middle) : piece.length;
  return [piece.slice(0, start), middle, piece.slice(start + middle.length)];
}
