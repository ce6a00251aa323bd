/* Chinese letters for a device that has none. A phone has its own, under a name that no stylesheet can ask for: were the
 * slices of fonts_chinese.css always declared, it would pass its own over and load half a megabyte of them. */

const SIZE_PX = 24;
const SHEET = "/assets/css/fonts_chinese.css";

/* Two letters that differ look alike only where both are the box of a missing letter. */
export function hasChinese(page = document) {
  const face = getComputedStyle(page.documentElement).getPropertyValue("--face-cjk") || "sans-serif";
  const [one, other] = ["\u7f51", "\u683c"].map((letter) => drawing(page, face, letter));
  return one !== other;
}

function drawing(page, face, letter) {
  const canvas = page.createElement("canvas");
  canvas.width = SIZE_PX * 2;
  canvas.height = SIZE_PX * 2;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.font = `${SIZE_PX}px ${face}`;
  context.fillText(letter, 4, SIZE_PX + 8);
  return context.getImageData(0, 0, canvas.width, canvas.height).data.join();
}

if (!hasChinese()) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = SHEET;
  document.head.append(link);
}
