/* The scenes of the wall, in the order of their numbers in the header. What a scene offers: docs/wall.md. */

import { scene as district } from "./district.mjs";
import { scene as grid } from "./grid.mjs";
import { scene as hotline } from "./hotline.mjs";
import { scene as incident } from "./incident.mjs";
import { scene as overview } from "./overview.mjs";
import { scene as whistle } from "./whistle.mjs";

export const SCENES = [overview, incident, hotline, grid, district, whistle];

export function sceneNamed(name) {
  return SCENES.find((scene) => scene.name === name) ?? null;
}
