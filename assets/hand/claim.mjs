/* Why an arrival that was only said is not proven, in words. A claim of an earlier release says only how far it was. */

export function claimText({ fault, metres }, text) {
  const isPlaceless = metres === null || metres === undefined;
  return text(`claim.${fault || (isPlaceless ? "nowhere" : "far")}`, { metres });
}
