/* The inbox on this side: what the server told whole, with what it told of single matters put in its place. Pure. */

/* `news` is about the matters in `news.of`, or about everything. */
export function merged(before, news) {
  if (!news.of) return news;
  const of = new Set(news.of);
  return {
    ...before,
    ...news,
    matters: [...before.matters.filter((row) => !of.has(row.id)), ...news.matters],
    commands: [...before.commands.filter((row) => !of.has(row.matter_id)), ...news.commands],
  };
}
