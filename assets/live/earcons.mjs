/* What a wall without a Chinese voice and without recordings sounds like: a figure of tones for each cause, so that a room
 * learns which is which. They differ in direction and in number, not in pitch alone. */

const SHORT_S = 0.16;
const LONG_S = 0.34;

/* cause (cues.mjs) -> [[hertz, seconds]] */
export const EARCONS = {
  new: [[660, SHORT_S], [880, SHORT_S], [1_175, LONG_S]], // rises
  twenty: [[660, LONG_S], [660, LONG_S]], // stays, twice
  late: [[880, SHORT_S], [660, SHORT_S], [440, LONG_S]], // falls
  red: [[880, SHORT_S], [440, SHORT_S], [880, SHORT_S], [440, LONG_S]], // to and fro
};
