/* What the server said of news that are no entries of the log: how often each kind was told. Another number than before
 * means that the page should ask once (docs/wire.md). Pure. */

export class NewsCounts {
  #counts = null;

  /* A new socket: what was told before it is not known. */
  opened() {
    this.#counts = null;
  }

  /* Takes the newest counts; returns the kinds that were told since the ones before, none for the first of a socket:
   * everything is asked once when a socket opens. */
  told(counts) {
    const before = this.#counts;
    this.#counts = counts;
    return new Set(before === null ? [] : Object.keys(counts).filter((kind) => counts[kind] !== before[kind]));
  }
}
