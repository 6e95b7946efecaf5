// The search box: reads keys, shows results, speaks to screen readers. What finds pages is
// search-engine.js, which is loaded, with the index, when somebody first searches.
//
// Markup: an element [data-search] with input[type=search], [data-search-results] and
// [data-search-status], in a <dialog> or on a page of its own. [data-search-open] opens the first
// box, as do `/` and Ctrl-K or ⌘K; [data-search-shortcut] shows which.
(() => {
  "use strict";

  const root = new URL(document.documentElement.dataset.root || "./", document.baseURI);
  const MANIFEST = "search/index.json";
  const EXCERPTS_AT_ONCE = 4;
  const TYPING_PAUSE_MS = 80;
  const TEXT = {
    file: "Search needs HTTP: it does not work in a page opened from disk.",
    failed: "Search is not available: its index could not be loaded.",
    waiting: "Searching…",
    none: (query) => `Nothing found for “${query}”.`,
    some: (shown, all) =>
      all === 1 ? "1 page" : shown < all ? `${all} pages, the best ${shown} shown` : `${all} pages`,
  };

  let engine = null;

  // The manifest keeps its name when the site changes, so the browser asks whether it is new.
  function loadEngine() {
    engine ||= fetch(new URL(MANIFEST, root), { cache: "no-cache" }).then(async (response) => {
      if (!response.ok) throw new Error(`${response.status} for ${MANIFEST}`);
      const manifest = await response.json();
      const { openIndex } = await import(new URL(manifest.engine, root));
      return openIndex(manifest, root);
    });
    engine.catch(() => {
      engine = null;
    });
    return engine;
  }

  function element(name, className, ...children) {
    const made = document.createElement(name);
    made.className = className;
    made.append(...children);
    return made;
  }

  // Makes one line of text from pieces: [text, whether it is a found word].
  function line(className, pieces) {
    const made = element("span", className);
    for (const [text, isFound] of pieces) {
      const piece = isFound ? document.createElement("mark") : document.createTextNode("");
      piece.textContent = text;
      made.append(piece);
    }
    return made;
  }

  /** The results as a listbox whose options the input points at; the focus stays in the input. */
  class Results {
    constructor(input, list) {
      this.input = input;
      this.list = list;
      this.active = null;
      this.made = 0;
      list.id ||= `search-results-${document.querySelectorAll("[role=listbox]").length + 1}`;
      list.setAttribute("role", "listbox");
      if (!list.hasAttribute("aria-label")) list.setAttribute("aria-label", "Search results");
      // A group is filled in when it comes into view: an excerpt costs the download of its page.
      this.watcher = new IntersectionObserver((entries) => {
        for (const { isIntersecting, target } of entries) if (isIntersecting) this.fill(target);
      });
      this.fillers = new Map();
    }

    get options() {
      return [...this.list.querySelectorAll("[role=option]")];
    }

    clear() {
      this.watcher.disconnect();
      this.fillers.clear();
      this.select(null);
      this.list.replaceChildren();
      this.input.setAttribute("aria-expanded", "false");
    }

    show(pages, sectionsOf) {
      this.clear();
      pages.forEach((page) => {
        const link = this.option("search-hit", page.url, line("search-title", page.marked));
        link.append(element("span", "search-kind", page.kind));
        const group = element("li", "search-group", link);
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", page.title);
        this.list.append(group);
        this.fillers.set(group, () => this.addSections(group, link, page, sectionsOf(page.url)));
      });
      this.input.setAttribute("aria-expanded", String(pages.length > 0));
      this.fillFirst([...this.fillers.keys()]);
    }

    // Which of the others are in view is known only when the first have their full height.
    async fillFirst(groups) {
      await Promise.all(groups.slice(0, EXCERPTS_AT_ONCE).map((group) => this.fill(group)));
      const rest = groups.slice(EXCERPTS_AT_ONCE).filter((group) => group.isConnected);
      for (const group of rest) this.watcher.observe(group);
    }

    fill(group) {
      this.watcher.unobserve(group);
      const filler = this.fillers.get(group);
      this.fillers.delete(group);
      return filler?.();
    }

    async addSections(group, link, page, answer) {
      const sections = await answer.catch(() => []);
      if (!group.isConnected) return;
      for (const { anchor, title, excerpt } of sections) {
        const text = excerpt.length ? [line("search-excerpt", excerpt)] : [];
        if (anchor) {
          const url = `${page.url}#${encodeURIComponent(anchor)}`;
          group.append(this.option("search-section", url, line("search-heading", title), ...text));
        } else if (!link.querySelector(".search-excerpt")) link.append(...text);
      }
    }

    option(className, url, ...children) {
      const link = element("a", className, ...children);
      link.href = new URL(url, root).href;
      link.id = `${this.list.id}-${++this.made}`;
      link.tabIndex = -1;
      link.setAttribute("role", "option");
      link.setAttribute("aria-selected", "false");
      return link;
    }

    move(step) {
      const { options } = this;
      const place = this.active ? options.indexOf(this.active) + step : step > 0 ? 0 : -1;
      this.select(options.at(place < options.length ? place : 0) || null);
    }

    select(option) {
      this.active?.setAttribute("aria-selected", "false");
      this.active = option;
      if (!option) {
        this.input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", option.id);
    }

    follow() {
      (this.active || this.options[0])?.click();
    }
  }

  class Box {
    static in(container) {
      const input = container.querySelector("input[type=search]");
      const list = container.querySelector("[data-search-results]");
      const status = container.querySelector("[data-search-status]");
      return input && list && status ? new Box(container, input, list, status) : null;
    }

    constructor(container, input, list, status) {
      this.dialog = container.closest("dialog");
      this.input = input;
      this.status = status;
      this.results = new Results(input, list);
      this.run = 0;
      this.describe();
      this.listen(list);
      if (!this.dialog) this.resume();
    }

    describe() {
      const attributes = {
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.results.list.id,
        autocomplete: "off",
        spellcheck: "false",
        enterkeyhint: "go",
      };
      for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
      this.status.setAttribute("role", "status");
      this.status.setAttribute("aria-live", "polite");
    }

    listen(list) {
      let timer = 0;
      this.input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => this.search(), TYPING_PAUSE_MS);
      });
      this.input.addEventListener("focus", () => this.prepare());
      this.input.addEventListener("keydown", (event) => this.press(event));
      this.input.form?.addEventListener("submit", (event) => event.preventDefault());
      list.addEventListener("click", ({ target }) => {
        const isHere = target.closest("a")?.href.split("#")[0] === location.href.split("#")[0];
        if (isHere) this.dialog?.close();
      });
      this.dialog?.addEventListener("click", ({ target }) => {
        if (target === this.dialog) this.dialog.close();
      });
    }

    press(event) {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      const actions = {
        ArrowDown: () => this.results.move(1),
        ArrowUp: () => this.results.move(-1),
        Enter: () => this.results.follow(),
        Escape: () => this.leave(),
      };
      if (!actions[event.key]) return;
      event.preventDefault();
      actions[event.key]();
    }

    open() {
      if (this.dialog && !this.dialog.open) this.dialog.showModal();
      this.input.focus();
      this.input.select();
    }

    leave() {
      if (this.dialog) {
        this.dialog.close();
        return;
      }
      this.input.value = "";
      this.search();
    }

    prepare() {
      if (location.protocol === "file:") this.say(TEXT.file);
      else loadEngine().catch(() => this.say(TEXT.failed));
    }

    say(text) {
      if (this.status.textContent !== text) this.status.textContent = text;
    }

    async search() {
      const query = this.input.value.trim();
      const run = ++this.run;
      const isCurrent = () => run === this.run;
      if (!this.dialog) this.remember(query);
      if (!query || location.protocol === "file:") {
        this.results.clear();
        this.say(query ? TEXT.file : "");
        return;
      }
      const slow = setTimeout(() => isCurrent() && this.say(TEXT.waiting), 300);
      try {
        const index = await loadEngine();
        const { all, pages, match } = await index.find(this.input.value);
        if (!isCurrent()) return;
        this.results.show(pages, (url) => index.sectionsOf(url, match));
        this.say(all ? TEXT.some(pages.length, all) : TEXT.none(query));
      } catch (error) {
        console.warn(error);
        if (!isCurrent()) return;
        this.results.clear();
        this.say(TEXT.failed);
      } finally {
        clearTimeout(slow);
      }
    }

    // A search page keeps its query in the address, so that it can be shared and returned to.
    remember(query) {
      const address = new URL(location.href);
      if (query) address.searchParams.set("q", query);
      else address.searchParams.delete("q");
      if (address.href !== location.href) history.replaceState(null, "", address);
    }

    resume() {
      const query = new URLSearchParams(location.search).get("q");
      if (!query) return;
      this.input.value = query;
      this.search();
    }
  }

  function start() {
    const boxes = [...document.querySelectorAll("[data-search]")].map(Box.in).filter(Boolean);
    const first = boxes.find(({ dialog }) => !dialog) || boxes[0];
    if (!first) return;
    const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
    for (const hint of document.querySelectorAll("[data-search-shortcut]")) {
      hint.textContent = isApple ? "⌘K" : "Ctrl K";
    }
    for (const opener of document.querySelectorAll("[data-search-open]")) {
      opener.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        first.open();
      });
    }
    document.addEventListener("keydown", (event) => {
      const isCommand = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      const isTyping = event.target.closest?.("input,textarea,select,[contenteditable]");
      const isSlash = event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey;
      if (event.altKey || (event.shiftKey && isCommand) || !(isCommand || isSlash)) return;
      event.preventDefault();
      first.open();
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
