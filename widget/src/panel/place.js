/** Puts the panel beside its button, on the side where it fits, inside the window. */

const GAP_PX = 8;

/**
 * Decide the side and return a function that places the panel there, to be called again whenever
 * the window or the page has moved.
 *
 * @param {HTMLElement} panel
 * @param {Element} button
 * @param {boolean} prefersAbove
 * @returns {() => void}
 */
export function makePlacer(panel, button, prefersAbove) {
  const { top, bottom } = button.getBoundingClientRect();
  const height = panel.offsetHeight + GAP_PX * 2;
  const below = innerHeight - bottom;
  const isAbove = prefersAbove ? top > height || top > below : below < height && top > below;
  return () => {
    const anchor = button.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const width = panel.offsetWidth;
    const isLeft = anchor.left + anchor.right < room;
    const left = isLeft ? anchor.left : anchor.right - width;
    const space = isAbove ? anchor.top : innerHeight - anchor.bottom;
    const { style } = panel;
    style.left = `${Math.max(GAP_PX, Math.min(left, room - width - GAP_PX))}px`;
    // Held at the button's side, the panel grows away from it.
    style.top = isAbove ? "auto" : `${anchor.bottom + GAP_PX}px`;
    style.bottom = isAbove ? `${innerHeight - anchor.top + GAP_PX}px` : "auto";
    style.maxHeight = `${Math.max(space - GAP_PX * 2, 160)}px`;
  };
}
