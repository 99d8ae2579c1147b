// How tall the page is: less by what a keyboard covers, but not by what is enlarged with two fingers.

export function bindViewport() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const fit = () => document.documentElement.style.setProperty('--height', `${Math.round(viewport.height * viewport.scale)}px`);
  viewport.addEventListener('resize', fit);
  viewport.addEventListener('scroll', fit);
  fit();
}
