// A counter in a frame: asks for its number again while somebody can see it.
(() => {
  "use strict";
  const SECONDS = 30;
  const place = document.querySelector("[data-counter]");
  if (!place) return;

  async function renew() {
    if (document.hidden) return;
    const answer = await fetch(place.dataset.counter, { credentials: "omit" });
    if (!answer.ok) return;
    const { number } = await answer.json();
    if (typeof number === "string" && number !== place.textContent) place.textContent = number;
  }

  const again = () => renew().catch(() => {});
  setInterval(again, SECONDS * 1000);
  document.addEventListener("visibilitychange", again);
})();
