/** Tells whether the page around the panel is dark, so that the panel looks native in it. */

/**
 * A page that names its colour schemes is believed. One that does not is looked at: white text on
 * black is dark, whatever the visitor's system prefers.
 *
 * @param {string} theme  `light`, `dark`, or anything else for the page's own
 * @returns {boolean}
 */
export function isDark(theme) {
  if (theme === "light" || theme === "dark") return theme === "dark";
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  if (/dark/.test(scheme)) {
    return !/light/.test(scheme) || matchMedia("(prefers-color-scheme: dark)").matches;
  }
  return [document.body, document.documentElement].some(hasDarkGround);
}

/** @param {Element | null} element */
function hasDarkGround(element) {
  const colour = element ? getComputedStyle(element).backgroundColor : "";
  const [red, green, blue, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return colour.startsWith("rgb") && alpha > 0.5 && red * 2 + green * 5 + blue < 8 * 100;
}
