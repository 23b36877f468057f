(() => {
  "use strict";
  const every = [...document.querySelectorAll(".finding")];
  const files = [...document.querySelectorAll(".file")];
  const form = document.getElementById("filters");

  // On paper everything is open; afterwards it is as it was.
  let shut = [];
  addEventListener("beforeprint", () => {
    shut = [...document.querySelectorAll("details:not([open])")];
    for (const each of shut) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of shut) each.open = false;
    shut = [];
  });

  // A link to a finding, to a copy that stays or to a file opens what it leads to, also when it is followed again.
  const go = (id) => {
    const target = /^(find|file)-\d+$|^at-\d+-\d+$/.test(id) && document.getElementById(id);
    if (!target) return false;
    target.hidden = false;
    for (let each = target; each; each = each.parentElement) {
      if (each.localName === "details") each.open = true;
      if (each.classList.contains("file")) each.hidden = false;
    }
    const stop = target.localName === "details" ? target.firstElementChild : target;
    stop.scrollIntoView({ block: "center" });
    stop.focus({ preventScroll: true });
    return true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const id = link.getAttribute("href").slice(1);
    if (go(id)) {
      event.preventDefault();
      if (location.hash !== "#" + id) location.hash = id;
    }
  });
  addEventListener("hashchange", () => go(location.hash.slice(1)));
  go(location.hash.slice(1));

  // Whoever points at a finding sees which copy stays.
  const light = (event, on) => {
    const found = event.target.closest && event.target.closest(".finding");
    const stays = found && found.dataset.stays && document.getElementById(found.dataset.stays);
    if (stays) stays.classList.toggle("lit", on);
  };
  for (const name of ["mouseover", "focusin"]) document.addEventListener(name, (event) => light(event, true));
  for (const name of ["mouseout", "focusout"]) document.addEventListener(name, (event) => light(event, false));

  // Whoever rests on an edit, or on what leads to a finding, sees both copies at the other half of the window, until they go on.
  const peek = document.createElement("div");
  peek.className = "peek";
  peek.hidden = true;
  peek.ariaHidden = "true"; // it says again what the finding says
  document.body.append(peek);
  let later = 0;
  const hide = () => {
    clearTimeout(later);
    peek.hidden = true;
  };
  const rest = (event) => {
    const at = event.target;
    clearTimeout(later);
    if (peek.contains(at)) return;
    const from = at.closest && at.closest(event.type === "focusin" ? "a[href^='#find-']" : "[data-find], a[href^='#find-']");
    const found = from && document.getElementById(from.dataset.find || from.getAttribute("href").slice(1));
    const pair = found && !found.open && (found.querySelector(".pair") || found.querySelector("table"));
    later = setTimeout(() => {
      if (!pair) return hide();
      peek.replaceChildren(found.querySelector(".says").cloneNode(true), pair.cloneNode(true));
      peek.classList.toggle("above", (event.clientY ?? from.getBoundingClientRect().top) > innerHeight / 2);
      peek.hidden = false;
    }, 300);
  };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") rest(event);
  });
  document.addEventListener("focusin", rest);
  document.addEventListener("click", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  // The table of files can be sorted by any column.
  const table = document.getElementById("table");
  if (table) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const number = head.classList.contains("number");
        const down = head.ariaSort ? head.ariaSort === "ascending" : number;
        const value = (row) => (number ? Number(row.cells[at].textContent.replaceAll(",", "")) : row.cells[at].textContent);
        const rows = [...body.rows].map((row) => [value(row), row]);
        rows.sort(([one], [other]) => (number ? one - other : one < other ? -1 : one > other ? 1 : 0) * (down ? -1 : 1));
        for (const each of heads) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        body.append(...rows.map(([, row]) => row));
      });
    });
  }

  if (!form) return;
  form.hidden = false;
  const fields = form.elements;
  const says = form.querySelector("output");
  const none = document.querySelector(".none");
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  const texts = new Map();
  const textOf = (each) => {
    if (!texts.has(each)) texts.set(each, folded(each.closest(".file").querySelector("h3").textContent + " " + each.textContent));
    return texts.get(each);
  };
  const chosen = (name) => (fields[name] ? fields[name].value : "");

  const filter = () => {
    const words = folded(chosen("text")).split(/\s+/).filter(Boolean);
    const wanted = ["rule", "status", "safety"].map((name) => [name, chosen(name)]).filter(([, value]) => value);
    const all = !words.length && !wanted.length;
    let count = 0;
    const told = new Set();
    for (const each of every) {
      const fits = wanted.every(([name, value]) => each.dataset[name] === value) && (!words.length || words.every((word) => textOf(each).includes(word)));
      if (each.hidden === fits) each.hidden = !fits;
      if (fits) {
        count += 1;
        told.add(each.closest(".file"));
      }
    }
    for (const each of files) each.hidden = !all && !told.has(each);
    none.hidden = count > 0;
    const sum = every.length === 1 ? "1 finding" : `${every.length} findings`;
    says.textContent = count === every.length ? sum : `${count} of ${sum}`;
  };

  let waiting = 0;
  const soon = (event) => {
    if (event.target.name !== "text") return;
    clearTimeout(waiting);
    waiting = setTimeout(filter, 150);
  };
  const turn = (open) => {
    for (const each of files) if (!each.hidden && open) each.open = true;
    for (const each of every) if (!each.hidden) each.open = open;
  };
  // The next or previous finding from where the reader is.
  const step = (forward) => {
    const seen = every.filter((each) => !each.hidden);
    const here = document.activeElement;
    const after = (each) => each.contains(here) || here.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING;
    let at = here === document.body ? (forward ? 0 : -1) : seen.findIndex(after);
    if (at >= 0 && seen[at].contains(here)) at += forward ? 1 : -1;
    else if (!forward) at = (at < 0 ? seen.length : at) - 1;
    if (seen[at]) go(seen[at].id);
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", soon);
  form.addEventListener("change", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  fields.open.addEventListener("click", () => turn(true));
  fields.shut.addEventListener("click", () => turn(false));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target === fields.text) {
      fields.text.value = "";
      filter();
    }
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (typing || !fields.keys.checked) return;
    if (event.key === "/") {
      event.preventDefault();
      fields.text.focus();
    } else if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      step(event.key === "j");
    }
  });
  filter();
})();
