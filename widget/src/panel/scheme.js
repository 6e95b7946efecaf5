/** Tells whether the panel is to be dark. */

/**
 * The button has the answer: it inherits the page's colour schemes, or has the one it was told.
 *
 * @param {Element} button
 * @returns {boolean}
 */
export function isDark(button) {
  const schemes = getComputedStyle(button).colorScheme;
  if (!schemes.includes("dark")) return false;
  return !schemes.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches;
}
