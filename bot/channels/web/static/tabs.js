/** Tabs on a narrow screen, all panels side by side on a wide one. */

const WIDE = matchMedia("(min-width: 900px)");

export class Tabs {
  #tabs; #chosen;

  constructor(list) {
    this.#tabs = [...list.querySelectorAll("[role=tab]")];
    this.#chosen = this.#tabs[0];
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.choose(tab));
    list.addEventListener("keydown", (event) => this.#step(event));
    WIDE.addEventListener("change", () => this.#arrange());
    this.#arrange();
  }

  choose(tab) {
    this.#chosen = tab;
    tab.querySelector(".count").textContent = "";
    this.#arrange();
  }

  /** One more unread message behind the tab of `panel`, if it is out of sight. */
  count(panel) {
    if (!panel.hidden) return;
    const badge = this.#tabs.find((tab) => panelOf(tab) === panel).querySelector(".count");
    badge.textContent = Number(badge.textContent) + 1;
  }

  #arrange() {
    for (const tab of this.#tabs) {
      const panel = panelOf(tab);
      const chosen = tab === this.#chosen;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panel.hidden = !WIDE.matches && !chosen;
      if (WIDE.matches) panel.removeAttribute("role");
      else panel.setAttribute("role", "tabpanel");
    }
  }

  #step(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const count = this.#tabs.length;
    const next = this.#tabs[(this.#tabs.indexOf(this.#chosen) + step + count) % count];
    this.choose(next);
    next.focus();
  }
}

function panelOf(tab) {
  return document.getElementById(tab.getAttribute("aria-controls"));
}
