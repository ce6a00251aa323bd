/* The one way from a page's own modules to its Dash components. Nothing else calls `set_props`: a test reads that.
 *
 *   bridge.feed(id, property, value)   a value that is shown: the newest counts, and one that is there already is not sent
 *   bridge.ask(id, data)               a question or an act for the callback behind a store: each one arrives, in order
 *
 * What is given within one animation frame reaches Dash in one call per component. A component that is not mounted yet
 * gets what it was given once it is: Dash itself fails on an id that it does not know. */

/* Component -> property -> what the property holds. A value of another kind is a mistake of ours and raises. */
export const COMPONENTS = {
  "desk-selected": { data: "ask" },
  "desk-recommend-for": { data: "ask" },
  "desk-dialog-for": { data: "ask" },
  "desk-line": { data: "ask" },
  "desk-views-asked": { data: "ask" },
  "desk-dialog-body": { "data-drawn": "text" },
  "desk-guard": { "data-drawn": "text" },
  "desk-act-dispatch": { data: "ask" },
  "desk-act-whistle": { data: "ask" },
  "desk-act-transfer": { data: "ask" },
  "desk-act-supervise": { data: "ask" },
  "desk-act-urge": { data: "ask" },
  "desk-act-acknowledge": { data: "ask" },
  "desk-act-decision": { data: "ask" },
  "desk-act-consultation": { data: "ask" },
  "desk-act-note": { data: "ask" },
  "desk-act-leave": { data: "ask" },
  "desk-act-reveal": { data: "ask" },
  "desk-act-form": { data: "ask" },
  "desk-volume-place": { children: "component" },
  "desk-volume": { figure: "figure" },
  "admin-asked": { data: "ask" },
  "admin-account-asked": { data: "ask" },
  "admin-password-asked": { data: "ask" },
  "admin-token-asked": { data: "ask" },
  "admin-webhook-asked": { data: "ask" },
  "admin-feed-asked": { data: "ask" },
  "admin-audit-asked": { data: "ask" },
  "admin-overview-told": { data: "ask" },
  "admin-delivery-told": { data: "ask" },
};

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const IS_A = {
  ask: isObject,
  text: (value) => typeof value === "string",
  component: (value) => isObject(value) && typeof value.type === "string" && isObject(value.props),
  figure: (value) => isObject(value) && Array.isArray(value.data) && isObject(value.layout),
};

export class DashBridge {
  #waiting = new Map(); // id -> the steps that it has not been given yet, oldest first
  #isDue = false;

  /* `setProps(id, props)` changes a mounted component, `propsOf(id)` returns its props or undefined, `frame(fn)` calls
   * `fn` before the next painting. */
  constructor({ setProps, propsOf, frame, components = COMPONENTS }) {
    Object.assign(this, { setProps, propsOf, frame, components });
  }

  feed(id, property, value) {
    this.#check(id, property, value);
    this.#add(id, (steps) => {
      const last = steps.at(-1);
      if (last && !last.isAsk) last.props[property] = value;
      else steps.push({ isAsk: false, props: { [property]: value } });
    });
  }

  ask(id, data) {
    this.#check(id, "data", data, "ask");
    this.#add(id, (steps) => steps.push({ isAsk: true, props: { data } }));
  }

  #check(id, property, value, only) {
    const kind = this.components[id]?.[property];
    if (kind === undefined) throw new TypeError(`no component ${id} with ${property} is fed`);
    if (!IS_A[kind](value) || (kind === "ask") !== (only === "ask")) throw new TypeError(`${id}.${property} takes: ${kind}`);
  }

  #add(id, put) {
    const steps = this.#waiting.get(id) ?? [];
    put(steps);
    this.#waiting.set(id, steps);
    this.#soon();
  }

  #soon() {
    if (this.#isDue) return;
    this.#isDue = true;
    this.frame(() => {
      this.#isDue = false;
      this.#flush();
    });
  }

  #flush() {
    for (const [id, steps] of [...this.#waiting]) {
      if (this.propsOf(id) === undefined) continue; // waits for its component, looked for again in the next frame
      this.#waiting.delete(id);
      for (const { isAsk, props } of steps) this.#give(id, props, isAsk);
    }
    if (this.#waiting.size > 0) this.#soon();
  }

  #give(id, props, isAsk) {
    const now = this.propsOf(id);
    const news = isAsk ? props : Object.fromEntries(Object.entries(props).filter(([name, value]) => !isSame(value, now[name])));
    if (Object.keys(news).length > 0) this.setProps(id, news);
  }
}

/* Whether two values of JSON say the same. */
export function isSame(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other && isSame(one[name], other[name]));
}

/* The page's own bridge. */
export const bridge = new DashBridge({
  setProps: (id, props) => window.dash_clientside.set_props(id, props),
  propsOf: propsInDash,
  frame: (fn) => requestAnimationFrame(fn),
});

function propsInDash(id) {
  try {
    return window.dash_component_api?.getLayout(id)?.props;
  } catch (error) {
    if (error instanceof TypeError) return undefined; // how Dash says that it knows no such id
    throw error;
  }
}
