/* The desk's volume graph, kept current by what changed: a new bin is appended to its trace, a new forecast moves the
 * band, and a picture that says the same draws nothing. A new day, theme or language is a new figure. */

import { bridge } from "../live/dash_bridge.mjs";
import { ACTUAL_TRACE, BAND_TRACES, bandOf, tickAt, volumeFigure } from "./volume_figure.mjs";

const GRAPH = "desk-volume";

export class VolumeChart {
  #drawn = null; // {key, actual, band} as Plotly has them

  constructor(root) {
    this.root = root;
  }

  /* Shows a hotline picture. */
  show(picture) {
    const { bins } = picture;
    const next = {
      key: `${picture.day} ${document.documentElement.dataset.theme} ${bins.start_at} ${bins.width_ms}`,
      actual: bins.actual.slice(),
      band: JSON.stringify(bandOf(bins)),
    };
    const graph = document.querySelector(`#${GRAPH} .js-plotly-plot`);
    const { Plotly } = window;
    if (this.#drawn?.key !== next.key || !isDrawn(graph, this.#drawn) || Plotly === undefined) {
      bridge.feed(GRAPH, "figure", volumeFigure(picture, this.root));
    } else {
      if (next.band !== this.#drawn.band) Plotly.restyle(graph, { y: bandOf(bins) }, BAND_TRACES);
      extend(Plotly, graph, this.#drawn.actual, next.actual, bins);
    }
    this.#drawn = next;
  }
}

/* Dash draws a figure some time after it was given: until then, and if somebody else drew another, it is given anew. */
function isDrawn(graph, drawn) {
  return graph?.data?.[ACTUAL_TRACE]?.y?.length === drawn.actual.length;
}

function extend(Plotly, graph, before, now, bins) {
  const isLonger = now.length > before.length && before.every((value, at) => value === now[at]);
  const isSame = now.length === before.length && before.every((value, at) => value === now[at]);
  if (isSame) return;
  const at = (index) => tickAt(bins, index);
  if (isLonger) {
    const added = now.slice(before.length);
    Plotly.extendTraces(graph, { x: [added.map((_, place) => at(before.length + place))], y: [added] }, [ACTUAL_TRACE]);
  } else {
    Plotly.restyle(graph, { x: [now.map((_, place) => at(place))], y: [now] }, [ACTUAL_TRACE]);
  }
}
