/* What stands in an address, read as it is meant; one that is cut off in the middle of a sign stays as it stands. */
export function readable(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
