/* Put into a page before anything of its own: whatever runs, or is refused by the policy, is kept, and what is shown is read.
 * `marked` are the fields whose text stands somewhere: in the words, a label, a value or an address of the page. */
(() => {
  "use strict";

  const happened = [];
  // The one name that every hostile text calls.
  Object.defineProperty(window, "ran", { value: (what) => happened.push(`ran ${what}`), writable: false });
  for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = () => happened.push(name);
  addEventListener("securitypolicyviolation", (violation) =>
    happened.push(`policy ${violation.violatedDirective} ${violation.blockedURI} ${violation.sample}`),
  );

  const MARK = /⟦([\w.]+)⟧/g;
  // What a hostile text would have made, were it taken for markup; no element of ours has a handler in an attribute.
  const made = () => {
    const found = [];
    for (const one of document.querySelectorAll("*")) {
      if (one.hasAttribute("data-hostile")) found.push(`element ${one.outerHTML.slice(0, 200)}`);
      for (const { name, value } of one.attributes) {
        if (name.startsWith("on")) found.push(`handler ${one.tagName} ${name}=${value.slice(0, 80)}`);
        const isAddress = ["href", "src", "action", "formaction", "xlink:href"].includes(name);
        if (isAddress && /^[\s\u0000-\u001f]*(javascript|data:text|vbscript)/i.test(value)) {
          found.push(`address ${one.tagName} ${name}=${value.slice(0, 80)}`);
        }
        if (name === "style" && value.includes("ran(")) found.push(`style ${value.slice(0, 80)}`);
      }
    }
    return found;
  };
  const marks = () => {
    const texts = [document.body?.innerText ?? "", document.title];
    for (const one of document.querySelectorAll("body *")) {
      if (one.tagName === "SCRIPT" || one.tagName === "STYLE") continue;
      for (const child of one.childNodes) if (child.nodeType === 3) texts.push(child.data);
      for (const { value } of one.attributes) texts.push(value);
      if (typeof one.value === "string") texts.push(one.value);
    }
    return [...new Set([...texts.join("\n").matchAll(MARK)].map((found) => found[1]))];
  };
  window.watched = { report: () => ({ happened, made: made(), marks: marks() }) };
})();
