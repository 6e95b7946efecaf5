/** What visitors do on the page that its owner wants counted: install commands copied, goals met,
 * and the page's own line about 4site followed. The panel's is in a shadow, and tells by itself. */

import { guard, send } from "./core.js";
import { service } from "./settings.js";

const count = guard(({ target, button }) => {
  // The middle button opens a link; the right one does nothing yet.
  if (button > 1) return;
  if (target.closest(".install [data-copy],[data-foursite-copy]")) send("copy");
  if (target.closest("[data-foursite-goal]")) send("conversion");
  if (target.closest(`[href^="${service}/r/"]`)) send("powered");
});

/** Watch clicks on their way down, before the host can stop them. */
export const watchClicks = () => {
  addEventListener("click", count, true);
  addEventListener("auxclick", count, true);
};
