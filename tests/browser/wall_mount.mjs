/* What the walls of the tests share: the fixed morning, and the product's page mounted on a live picture. */

export async function fixedMorning() {
  return (await fetch("/harness/morning.json")).json();
}

export async function mountWall(live) {
  const { mount } = await import("/assets/wall/page.mjs");
  await mount(await rootOfPage(), live);
  document.documentElement.dataset.mounted = "true";
}

/* The root, once Dash has rendered it. */
function rootOfPage() {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector("[data-page='wall']");
      if (found) resolve(found);
      else requestAnimationFrame(look);
    };
    look();
  });
}
