/* Which village, township and region each slot's grid belongs to: what a wall is told of the roster. No person is in it. */

export class Posts {
  /* `value` is the body of the frame: {revision, places: [[village, township, region]], of: [place of a slot, -1 none]}. */
  constructor({ revision, places, of }) {
    this.revision = revision;
    this.places = places;
    this.of = of;
  }

  /* [village, township, region] of a slot; null for one that is not in this view's roster. */
  placeOf(slot) {
    return this.places[this.of[slot] ?? -1] ?? null;
  }
}
