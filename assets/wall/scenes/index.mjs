/* The scenes of the wall, in the order of their numbers in the header. What a scene offers: docs/wall.md. */

import { scene as overview } from "./overview.mjs";

export const SCENES = [overview];

export const FIRST = "overview"; // what a wall shows that was told nothing

export function sceneNamed(name) {
  return SCENES.find((scene) => scene.name === name) ?? null;
}
