// Makes a dashboard comfortable: it works without. Fresh numbers as they come, a filter that acts
// at once, tables that sort, charts that are read with the arrow keys.
(() => {
  "use strict";
  const SETTLE_MILLISECONDS = 250;

  function actAtOnce() {
    for (const form of document.querySelectorAll("[data-filter]")) {
      form.addEventListener("change", () => form.requestSubmit());
      form.querySelector("button").hidden = true;
    }
  }

  // Numbers as they are written here: thousands with commas, money behind its sign or code.
  function valueOf(cell) {
    const text = cell.dataset.value || cell.textContent.trim();
    const number = Number(text.replace("−", "-").replace(/[^0-9.-]/g, ""));
    return /[0-9]/.test(text) && !Number.isNaN(number) && cell.matches(".figure") ? number : text;
  }

  function sortBy(table, column, isDown) {
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((one, other) => {
      const [a, b] = [valueOf(one.cells[column]), valueOf(other.cells[column])];
      const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
      return isDown ? -order : order;
    });
    body.append(...rows);
  }

  function makeSortable(root) {
    for (const table of root.querySelectorAll("table[data-sortable]")) {
      const heads = [...table.tHead.rows[0].cells];
      heads.forEach((head, column) => {
        if (head.querySelector("button")) return;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => {
          const isDown = head.getAttribute("aria-sort") !== "descending";
          heads.forEach((each) => each.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
          sortBy(table, column, isDown);
        });
      });
    }
  }

  function readCharts(root) {
    for (const box of root.querySelectorAll("[data-chart]")) {
      const points = [...box.querySelectorAll("[data-point]")];
      const said = box.querySelector(".chart-said");
      if (!points.length || !said) continue;
      let at = -1;
      const choose = (next) => {
        if (at >= 0) points[at].classList.remove("is-read");
        at = next;
        if (at < 0) return;
        points[at].classList.add("is-read");
        said.textContent = points[at].querySelector("title").textContent;
      };
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", `${box.querySelector("svg").getAttribute("aria-label")}. Arrow keys read the points.`);
      box.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        choose(Math.min(points.length - 1, Math.max(0, at + step)));
      });
      box.addEventListener("pointerover", (event) => {
        const point = event.target.closest("[data-point]");
        if (point) choose(points.indexOf(point));
      });
      box.addEventListener("blur", () => choose(-1));
    }
  }

  // What can be copied keeps the button that the page's own script gave it.
  function keepCopyButtons(live, fresh) {
    const said = (figure) => figure.querySelector("pre").textContent;
    const old = [...live.querySelectorAll("figure.code")];
    for (const figure of fresh.querySelectorAll("figure.code")) {
      const same = old.findIndex((each) => said(each) === said(figure));
      if (same >= 0) figure.replaceWith(...old.splice(same, 1));
    }
  }

  function isTouched(field) {
    if (field.matches("select")) {
      const first = Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
      return field.selectedIndex !== first;
    }
    return field.value !== field.defaultValue || Boolean(field.checked) !== Boolean(field.defaultChecked);
  }

  // The page itself says what is new: it is fetched again, and its live part takes the old one's
  // place unless somebody is typing in it.
  async function renew() {
    const live = document.querySelector("[data-live]");
    if (!live || live.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return;
    // Nor is anything thrown away that somebody typed before looking elsewhere.
    if ([...live.querySelectorAll("input, select, textarea")].some(isTouched)) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = page.title;
    for (const place of ["[data-bell]", ".desk-head h1"]) {
      const [old, now] = [document, page].map((each) => each.querySelector(place));
      if (old && now) old.replaceChildren(...now.childNodes);
    }
    const fresh = page.querySelector("[data-live]");
    if (!fresh) return;
    const open = [...live.querySelectorAll("details")].map((each) => each.open);
    const focused = [...live.querySelectorAll("a, button, summary, [tabindex]")].indexOf(document.activeElement);
    keepCopyButtons(live, fresh);
    live.replaceChildren(...fresh.childNodes);
    [...live.querySelectorAll("details")].forEach((each, at) => { if (open[at]) each.open = true; });
    prepare(live);
    if (focused >= 0) [...live.querySelectorAll("a, button, summary, [tabindex]")][focused]?.focus();
  }

  function listen() {
    if (!window.EventSource || !document.querySelector("[data-live]")) return;
    const stream = new EventSource("/api/v1/stream");
    let waiting = 0;
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => renew().catch(() => {}), SETTLE_MILLISECONDS);
    };
    for (const name of ["site", "account"]) stream.addEventListener(name, soon);
  }

  // On a phone the sections lie in a row that scrolls: the current one is in sight.
  function showSection() {
    const here = document.querySelector(".desk-nav [aria-current]");
    const row = here?.closest("nav");
    if (row && here.offsetLeft > row.clientWidth / 2) row.scrollLeft = here.offsetLeft - row.clientWidth / 4;
  }

  function prepare(root) {
    makeSortable(root);
    readCharts(root);
  }

  actAtOnce();
  showSection();
  prepare(document);
  listen();
})();
