/* A photograph as it is sent: small enough for a bad network, upright, with a bar that says when and how exactly where.
 * What is drawn anew carries no hidden data of the camera. */

const LONGEST_SIDE_PX = 1600;
const SMALLEST_SIDE_PX = 640;
const MOST_BYTES = 900_000; // below the server's limit for a body without a session
const QUALITY = 0.82;
const LETTER_SHARE = 0.05; // of the picture's width: two lines that stay readable in a thumbnail
const SHRINK = 0.75;

/* The browser cannot read this file as a picture. */
export class UnreadablePhoto extends Error {
  constructor(reason) {
    super(reason);
    this.name = "UnreadablePhoto";
  }
}

/* Returns a JPEG Blob of a camera's file with `lines` (at most two) burnt into a bar at its foot. */
export async function photoOf(file, lines = []) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch (error) {
    throw new UnreadablePhoto(error.message);
  }
  try {
    for (let side = LONGEST_SIDE_PX; ; side *= SHRINK) {
      const blob = await encoded(drawnAt(picture, side, lines));
      if (blob.size <= MOST_BYTES || side * SHRINK < SMALLEST_SIDE_PX) return blob;
    }
  } finally {
    picture.close();
  }
}

function drawnAt(picture, longest, lines) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  if (lines.length > 0) drawBar(context, canvas, lines);
  return canvas;
}

function drawBar(context, canvas, lines) {
  const size = Math.max(11, canvas.width * LETTER_SHARE);
  const height = size * (0.6 + 1.35 * lines.length);
  context.fillStyle = "rgba(17, 28, 38, .78)";
  context.fillRect(0, canvas.height - height, canvas.width, height);
  context.fillStyle = "#fff";
  context.font = `${size}px sans-serif`;
  context.textBaseline = "alphabetic";
  lines.forEach((line, number) => {
    const y = canvas.height - height + size * (1.25 + 1.35 * number);
    context.fillText(line, size * 0.6, y, canvas.width - size * 1.2);
  });
}

function encoded(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new UnreadablePhoto("no picture came out"))),
      "image/jpeg",
      QUALITY,
    );
  });
}
