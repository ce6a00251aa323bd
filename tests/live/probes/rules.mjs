/* Answers what the pure modules say for fixed inputs. */

import { ServerClock } from "/assets/live/clock.mjs";
import { waitMs } from "/assets/live/connection.mjs";
import { dueState, remainingText } from "/assets/live/countdown.mjs";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export default function rules() {
  return {
    remaining: [
      4 * MINUTE + 12_900, HOUR + 4 * MINUTE + 12_000, 3 * DAY + 4 * HOUR + 12 * MINUTE + 59_000, 999, -1, -90_000, -2 * HOUR,
    ].map(remainingText),
    due: [
      dueState(null, 30 * MINUTE, 0),
      dueState(10 * MINUTE, 30 * MINUTE, 0),
      dueState(0, 30 * MINUTE, 1),
      dueState(10 * MINUTE + 1, 30 * MINUTE, 0),
      dueState(4 * HOUR, 20 * HOUR, 0),
      dueState(4 * HOUR + 1, 20 * HOUR, 0),
      dueState(8 * HOUR, 5 * DAY, 0),
      dueState(8 * HOUR + 1, 5 * DAY, 0),
    ].map(String),
    clock: clockStory(),
    waits: { first: waitMs(0), longest: waitMs(50) },
  };
}

function clockStory() {
  let steady = 50;
  let wall = 7_000;
  const clock = new ServerClock(() => steady, () => wall);
  const pass = (ms) => {
    steady += ms;
    wall += ms;
  };
  clock.told({ now: 1_000_000, rate: 1 });
  const first = clock.now();
  pass(5_000);
  const after = clock.now();
  const mark = clock.mark();
  pass(200); // 100 there, 100 back
  clock.answered({ now: 1_006_000, rate: 1, echo: mark });
  const answered = clock.now();
  const slow = clock.mark();
  pass(2_000);
  clock.answered({ now: 1_006_100, rate: 1, echo: slow });
  const ignored = clock.now() === answered + 2_000;
  pass(300);
  const { lateMs } = clock.told({ now: answered + 2_000, rate: 1 });
  const jumped = [clock.hasJumped()];
  wall += 3_600_000; // somebody set the machine's time
  jumped.push(clock.hasJumped(), clock.hasJumped());
  const before = clock.now();
  clock.told({ now: before, rate: 60 });
  pass(10_000);
  return {
    first, after_5_s: after, answered, at_rate_60: clock.now() - before + answered, slow_answer_ignored: ignored, late_ms: lateMs,
    jumped,
  };
}
