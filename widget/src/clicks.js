/** What visitors do on the page that its owner wants counted: install commands copied, goals met. */

import { guard, send } from "./core.js";

/** Watch clicks on their way down, before the host can stop them. */
export const watchClicks = () =>
  document.addEventListener(
    "click",
    guard(({ target }) => {
      if (target.closest(".install [data-copy],[data-foursite-copy]")) send("copy");
      if (target.closest("[data-foursite-goal]")) send("conversion");
    }),
    true,
  );
