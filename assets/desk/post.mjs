/* Acts that a pane sends by itself, beside the forms. */

import { text } from "../live/catalogue.mjs";
import { idempotencyKey } from "./requests.mjs";

/* Posts an act; returns null when it was done, else the refusal in words. */
export async function post(address, body) {
  const key = idempotencyKey();
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify(body),
      });
      if (answer.ok) return null;
      if (answer.status < 500) return (await answer.json()).words ?? text("desk.failed.malformed");
    } catch {
      // no answer: ask again with the same key
    }
  }
  return text("desk.send.unanswered");
}
