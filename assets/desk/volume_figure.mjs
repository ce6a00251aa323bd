/* The hotline's volume against its expected band, as a Plotly figure. Colours come from the style sheet. */

export const BAND_TRACES = [0, 1, 2];
export const ACTUAL_TRACE = 3;

/* The y of the band's traces: upper edge, lower edge, expected. */
export function bandOf(bins) {
  return [bins.high, bins.low, bins.expected];
}

/* How the axis names a bin. */
export function tickAt(bins, index) {
  return cityTick(bins.start_at + index * bins.width_ms);
}

/* Returns {data, layout} for the picture's day so far and its expectation to the end of the day. */
export function volumeFigure(picture, root) {
  const { bins } = picture;
  const colour = (token) => getComputedStyle(root).getPropertyValue(`--${token}`).trim();
  const at = (index) => tickAt(bins, index);
  const expectedAt = bins.expected.map((_, index) => at(index));
  const actualAt = bins.actual.map((_, index) => at(index));
  const line = { shape: "linear", width: 0 };
  return {
    data: [
      { x: expectedAt, y: bins.high, mode: "lines", line, hoverinfo: "skip", type: "scatter" },
      { x: expectedAt, y: bins.low, mode: "lines", line, fill: "tonexty", fillcolor: colour("band"), hoverinfo: "skip", type: "scatter" },
      { x: expectedAt, y: bins.expected, mode: "lines", line: { width: 1, color: colour("data-dim"), dash: "dot" }, hovertemplate: "%{x} · %{y:.0f}<extra></extra>", type: "scatter" },
      { x: actualAt, y: bins.actual.slice(), mode: "lines", line: { width: 1.6, color: colour("data") }, hovertemplate: "%{x} · %{y}<extra></extra>", type: "scatter" },
    ],
    layout: {
      margin: { l: 28, r: 6, t: 4, b: 18 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: colour("face-ui"), size: 11, color: colour("ink3") },
      showlegend: false,
      hovermode: "x",
      uirevision: picture.day,
      xaxis: { type: "category", tickvals: ["00:00", "06:00", "12:00", "18:00"], showgrid: false, zeroline: false, fixedrange: true, linecolor: colour("line") },
      yaxis: { rangemode: "tozero", nticks: 3, gridcolor: colour("hair"), zeroline: false, fixedrange: true },
    },
  };
}

const CITY_TICK = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });

function cityTick(at) {
  return CITY_TICK.format(at);
}
