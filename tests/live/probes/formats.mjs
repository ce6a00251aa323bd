/* How the browser writes durations and times of day, for values that Python writes too. */

import { loadCatalogue, setLanguage, text } from "/assets/live/catalogue.mjs";
import { elapsedText, remainingText } from "/assets/live/countdown.mjs";
import { clockText, dateText, minuteText } from "/assets/wall/format.mjs";

export default async function formats({ durations, instants, language }) {
  await loadCatalogue(["live"], language);
  setLanguage(language);
  const ofDays = (days, clock) => text("live.duration.days", { days, clock });
  return {
    remaining: durations.map(remainingText),
    elapsed: durations.map((ms) => elapsedText(ms, ofDays)),
    times: instants.map((at) => [clockText(at), minuteText(at), `${dateText(at)} ${minuteText(at)}`]),
  };
}
