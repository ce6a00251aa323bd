/* A treemap's places: rectangles whose areas are as their values (Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000).
 * Pure. */

/* Lays `items` ({value, ...}) into a box; returns [{...item, x, y, width, height}], the largest first. Values of 0 have no
 * place. */
export function squarified(items, x, y, width, height) {
  const wanted = items.filter(({ value }) => value > 0).sort((one, other) => other.value - one.value);
  const total = wanted.reduce((sum, { value }) => sum + value, 0);
  const scale = total > 0 ? (width * height) / total : 0;
  const laid = [];
  let rest = { x, y, width, height };
  let row = [];
  for (const item of wanted) {
    const side = Math.min(rest.width, rest.height);
    if (row.length > 0 && worstOf([...row, item], side, scale) > worstOf(row, side, scale)) {
      rest = layRow(row, rest, scale, laid);
      row = [];
    }
    row.push(item);
  }
  if (row.length > 0) layRow(row, rest, scale, laid);
  return laid;
}

/* The longest side to the shortest of the row's worst rectangle. */
function worstOf(row, side, scale) {
  const areas = row.map(({ value }) => value * scale);
  const sum = areas.reduce((total, area) => total + area, 0);
  return Math.max(...areas.map((area) => Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area))));
}

function layRow(row, rest, scale, laid) {
  const area = row.reduce((sum, { value }) => sum + value * scale, 0);
  const isTall = rest.width >= rest.height; // the row stands at the left, else it lies on top
  const thick = area / (isTall ? rest.height : rest.width);
  let along = isTall ? rest.y : rest.x;
  for (const item of row) {
    const long = (item.value * scale) / thick;
    laid.push(isTall
      ? { ...item, x: rest.x, y: along, width: thick, height: long }
      : { ...item, x: along, y: rest.y, width: long, height: thick });
    along += long;
  }
  return isTall
    ? { x: rest.x + thick, y: rest.y, width: rest.width - thick, height: rest.height }
    : { x: rest.x, y: rest.y + thick, width: rest.width, height: rest.height - thick };
}

/* Categories ({category, count, expected}) as groups of their first level: [{code, value, of}], the largest first. */
export function groupsOf(categories) {
  const groups = new Map();
  for (const one of categories) {
    const code = one.category.slice(0, 2);
    const group = groups.get(code) ?? { code, value: 0, of: [] };
    group.value += one.count;
    group.of.push(one);
    groups.set(code, group);
  }
  return [...groups.values()].sort((one, other) => other.value - one.value || (one.code < other.code ? -1 : 1));
}
