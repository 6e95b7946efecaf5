/** How often the site was shared and liked: asked late, once a page, and only where it is shown. */

import { isOpen, whenShown } from "./core.js";
import { service, site } from "./settings.js";

/** After the page's own work. */
const DELAY_MS = 1000;

/** @typedef {{ shares: number, likes: number }} Counts */

/** @type {Promise<Counts> | undefined} */
let asked;

/** Whatever answers, it becomes whole numbers. */
const ask = async () => {
  const answer = await fetch(`${service}/widget/counts/${site}.json`);
  const { shares, likes } = await answer.json();
  return { shares: shares | 0, likes: likes | 0 };
};

/** Return the counts, or a promise that fails or stays open. */
export const askCounts = () =>
  (asked ??= new Promise((done) =>
    whenShown(() => setTimeout(() => isOpen() && done(ask()), DELAY_MS)),
  ));
