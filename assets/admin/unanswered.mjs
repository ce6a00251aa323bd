/* Says when the server does not answer, or no longer knows who asks: what is on the page is then old, and an act was
 * perhaps not done. */

const CALLBACKS = "_dash-update-component";

/* Watch every callback's request of the page. */
export function watchAnswers(window_, root) {
  const ask = window_.fetch.bind(window_);
  const bar = root.querySelector("#admin-unanswered");
  window_.fetch = async (...request) => {
    if (!addressOf(request[0]).includes(CALLBACKS)) return ask(...request);
    try {
      const answer = await ask(...request);
      say(bar, root, answer.status);
      return answer;
    } catch (error) {
      say(bar, root, 0);
      throw error;
    }
  };
}

function addressOf(request) {
  return String(request?.url ?? request);
}

/* `status` 0: no answer at all. */
export function say(bar, root, status) {
  const isSignedOut = status === 401 || status === 403;
  const isFine = status > 0 && status < 400;
  bar.hidden = isFine;
  if (isFine) return;
  bar.textContent = isSignedOut ? root.dataset.signedOut : root.dataset.unanswered;
  if (!isSignedOut) return;
  const link = document.createElement("a");
  link.href = "/sign-in";
  link.textContent = root.dataset.signIn;
  bar.append(" ", link);
}
