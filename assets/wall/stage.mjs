/* One scene at a time: builds it when it is first shown, paints it alone, changes to another as a cut. */

import { mark } from "./slots.mjs";

export class Stage {
  #built = new Map(); // name of a scene -> its build, a promise
  #pending = new Map(); // painter -> whether it waits for its frame
  #scene = null;
  #entered = null; // the scene whose `enter` has been called and whose `leave` has not

  /* `wall` is what scenes are given: {root, live, city, shown}. */
  constructor(wall, scenes) {
    this.wall = wall;
    this.scenes = scenes;
    const topics = new Set(scenes.flatMap((scene) => Object.keys(scene.topics)));
    for (const topic of topics) wall.live.on(topic, () => this.#told(topic));
  }

  get name() {
    return this.#scene?.name ?? null;
  }

  /* Shows a scene, of a matter where it is about one; resolves when it is built and painted. */
  async show(name, matterId = null) {
    const { wall } = this;
    wall.shown = { scene: name, matterId };
    if (name !== this.name) {
      if (this.#entered !== null) this.#entered.leave?.(wall);
      this.#entered = null;
      this.#scene = this.scenes.find((scene) => scene.name === name);
      for (const scene of this.scenes) mark(`scene-${scene.name}`, "data-shown", String(scene === this.#scene));
    }
    const scene = this.#scene;
    if (!this.#built.has(name)) {
      // What can be painted without waiting is painted in this turn: a cut shows no empty scene.
      this.#built.set(name, Promise.resolve(scene.build(document.getElementById(`wall-scene-${name}`), wall)));
    }
    this.paint();
    await this.#built.get(name);
    if (this.#scene !== scene || this.#entered === scene) return;
    this.#entered = scene;
    scene.enter?.(wall);
    this.paint();
  }

  /* The whole picture of the scene that is shown; called with every second too. */
  paint() {
    this.#scene?.paint(this.wall, this.wall.live.now());
  }

  /* One paint per frame and painter, however many changes arrive in between. */
  #told(topic) {
    const painter = this.#scene?.topics[topic];
    if (!painter || this.#pending.has(painter)) return;
    const scene = this.#scene;
    this.#pending.set(
      painter,
      requestAnimationFrame(() => {
        this.#pending.delete(painter);
        if (scene === this.#scene) painter(this.wall, this.wall.live.now());
      }),
    );
  }
}
