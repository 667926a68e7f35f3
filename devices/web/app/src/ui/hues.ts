/** A colour for each label, the same one as long as the page lives. */

const COUNT = 8;

export class Hues {
  private readonly given = new Map<string, number>();

  /** The class of a label's colour; after eight labels they come again. */
  of(label: string): string {
    if (!this.given.has(label)) this.given.set(label, this.given.size % COUNT);
    return `hue-${this.given.get(label)}`;
  }
}
