import { InputError } from "../errors.js";
import type { Token } from "../outcomes.js";
import type { Session, Snapshot } from "../session.js";
import type { SequenceTagger } from "../tasks/tag.js";
import { argmax } from "../decode/select.js";
import type { Answer, Column } from "./column.js";
import { type Steps, softmax } from "./crf.js";
import { tokensOf, wordsBetweenBlanks } from "./tagging.js";

/** Where a sentence stands: plain values. */
export interface TagSnapshot extends Snapshot {
  /** The sums over all beginnings by column. */
  readonly sums: Readonly<Record<string, Float64Array>>;
  /** Where the next word begins. */
  readonly place: number;
}

/**
 * One sentence, growing: a label is the most probable one after the words so far. `SequenceTagger.tag` on the whole
 * sentence may decide otherwise, because it knows what follows.
 */
export class TagSession {
  private sums: Record<string, Float64Array> = {};
  private place = 0;

  /** @internal */
  constructor(
    private readonly model: SequenceTagger,
    private readonly states: Session,
  ) {}

  /**
   * Takes the next word, as it is, and labels it; its offsets are those in the sentence with single blanks.
   *
   * @throws InputError not a text, or empty. The session is then as before.
   */
  async step(word: string): Promise<Token> {
    const words = wordsBetweenBlanks([word], this.place);
    const outputs = await this.states.step(this.model.inputs([word]));
    const answers = Object.fromEntries(
      Object.entries(this.model.columns).map(([name, column]) => {
        const data = outputs[column.spec.output]!.data as Float32Array;
        return [name, this.answer(column, [data])];
      }),
    );
    this.place = words[0]!.end + 1;
    return tokensOf(words, answers, this.model.mainColumn)[0]!;
  }

  /** A new sentence begins. */
  reset(): void {
    this.states.reset();
    this.sums = {};
    this.place = 0;
  }

  /** Where the sentence stands. */
  snapshot(): TagSnapshot {
    return { ...this.states.snapshot(), sums: structuredClone(this.sums), place: this.place };
  }

  /**
   * Goes on from a snapshot.
   *
   * @throws InputError it is another model's, or no snapshot at all. The session is then as before.
   */
  restore(snapshot: TagSnapshot): void {
    const { columns } = this.model;
    const sums = Object.entries(snapshot.sums ?? {});
    const known = sums.every(([name, values]) => columns[name]?.labels.length === values.length);
    if (!known || !Number.isInteger(snapshot.place) || snapshot.place < 0) {
      throw new InputError("not a snapshot of a tagging session");
    }
    this.states.restore(snapshot);
    this.sums = Object.fromEntries(sums.map(([name, values]) => [name, Float64Array.from(values)]));
    this.place = snapshot.place;
  }

  /** A session of its own that goes on from the same words. */
  fork(): TagSession {
    const other = new TagSession(this.model, this.states.fork());
    other.restore(this.snapshot());
    return other;
  }

  private answer(column: Column, scores: Steps): Answer {
    if (column.spec.kind === "several") return column.answer(scores);
    const sums = column.crf.onward(this.sums[column.spec.name] ?? null, scores[0]!);
    // What is common to all labels says nothing, and would grow without end.
    const most = Math.max(...sums);
    this.sums[column.spec.name] = sums.map((value) => value - most);
    const shares = softmax(sums);
    const best = argmax(shares);
    const score = shares[best]!;
    return { labels: [column.labels[best]!], scores: [score], sureness: [score], spans: [] };
  }
}
