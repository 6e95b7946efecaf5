/** Sharing when the panel does not arrive: the system's own sheet, the page's links, or a copy. */

import { makeLink, readPage } from "./page.js";

/**
 * @param {Element} element  its content is what the page offers without a script
 * @param {ReturnType<typeof import("./button.js").draw>} parts
 * @param {(platform: string, link: import("./element.js").Link) => void} report
 */
export const fallBack = async (element, { label, links }, report) => {
  const link = makeLink();
  try {
    await navigator.share({ __proto__: null, title: readPage().title, url: link.url });
    return report("native", link);
  } catch (error) {
    if (error.name == "AbortError") return;
  }
  links.hidden = !element.querySelector("a");
  if (!links.hidden) return;
  try {
    await navigator.clipboard.writeText(link.url);
    label.textContent = "✓";
    report("copy_link", link);
  } catch {
    // Insecure pages have no clipboard: show what can be marked and copied by hand.
    prompt("", link.url);
  }
};
