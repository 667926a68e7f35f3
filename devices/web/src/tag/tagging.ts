import { InputError } from "../errors.js";
import type { Entity, Token } from "../outcomes.js";
import { strip } from "../text/python.js";
import { type Answer, joined } from "./column.js";
import type { Word } from "./words.js";

/** The tokens of a text, in order: an array, with the entities beside it. */
export class Tagging extends Array<Token> {
  /** That was tagged; of a list of words, these between single blanks. */
  readonly text: string;
  /** Entities by column, for each column that marks spans. */
  readonly spans: Readonly<Record<string, readonly Entity[]>>;
  /** Those of the entity columns, in the text's order. */
  readonly entities: readonly Entity[];

  /** @internal */
  constructor(text: string, tokens: readonly Token[], spans: Record<string, Entity[]>, entityColumns: readonly string[]) {
    super();
    // A single number given to Array's own constructor would be a length.
    for (const token of tokens) this.push(token);
    this.text = text;
    this.spans = spans;
    this.entities = entityColumns.flatMap((name) => spans[name]!).sort((a, b) => a.start - b.start || b.end - a.end);
  }

  /** `map`, `filter` and the like give plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** Plain values, also for messages between workers. */
  toJSON(): { text: string; tokens: Token[]; entities: readonly Entity[]; spans: Tagging["spans"] } {
    return { text: this.text, tokens: Array.from(this), entities: this.entities, spans: this.spans };
  }
}

/** Words with their labels by column; that of `main` is shown where there is place for one. */
export function tokensOf(words: readonly Word[], answers: Readonly<Record<string, Answer>>, main: string): Token[] {
  const shown = answers[main]!;
  return words.map((word, number) => ({
    text: word.text,
    label: joined(shown.labels[number]!),
    start: word.start,
    end: word.end,
    score: shown.sureness[number]!,
    labels: mapped(answers, (answer) => answer.labels[number]!),
    scores: mapped(answers, (answer) => answer.scores[number]!),
  }));
}

/** The spans of one column, where they stand in the text. */
export function entitiesOf(text: string, words: readonly Word[], answer: Answer): Entity[] {
  return answer.spans.map((span) => {
    const start = words[span.start]!.start;
    const end = words[span.stop - 1]!.end;
    return { text: text.slice(start, end), label: span.label, start, end, score: span.score };
  });
}

/**
 * Words where they stand when single blanks separate them.
 *
 * @throws InputError not a list of texts, or one is empty.
 */
export function wordsBetweenBlanks(tokens: readonly string[], start = 0): Word[] {
  if (!Array.isArray(tokens)) throw new InputError(`expected a text or a list of words, found ${typeof tokens}`);
  let place = start;
  return tokens.map((token: unknown, number) => {
    if (typeof token !== "string" || !strip(token)) {
      throw new InputError(`word ${number + 1} is ${JSON.stringify(token)}: expected a text that is not empty`);
    }
    const word = { text: token, start: place, end: place + token.length };
    place = word.end + 1;
    return word;
  });
}

function mapped<A, B>(items: Readonly<Record<string, A>>, change: (item: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, change(item)]));
}
