(() => {
  "use strict";
  const every = [...document.querySelectorAll(".finding")];
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

  // An address with #story-12 opens that story.
  const follow = () => {
    const named = /^#story-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (named) named.open = true;
  };
  addEventListener("hashchange", follow);
  follow();

  if (!form) return;
  form.hidden = false;
  const fields = form.elements;
  const says = form.querySelector("output");
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  const texts = new Map();
  const textOf = (each) => {
    if (!texts.has(each)) texts.set(each, folded(each.textContent));
    return texts.get(each);
  };
  const chosen = (name) => (fields[name] ? fields[name].value : "");

  const filter = () => {
    const words = folded(chosen("text")).split(/\s+/).filter(Boolean);
    const wanted = [["kinds", chosen("kind")], ["sources", chosen("source")], ["statuses", chosen("status")]];
    let count = 0;
    for (const each of every) {
      const fits =
        wanted.every(([list, value]) => !value || each.dataset[list].split(" ").includes(value)) &&
        words.every((word) => textOf(each).includes(word));
      each.hidden = !fits;
      count += fits;
    }
    for (const list of document.querySelectorAll("section.list")) {
      const none = list.querySelector(".none");
      if (none) none.hidden = [...list.querySelectorAll(".finding")].some((each) => !each.hidden);
    }
    const all = every.length === 1 ? "1 finding" : `${every.length} findings`;
    says.textContent = count === every.length ? all : `${count} of ${all}`;
  };

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 100);
  };
  const turn = (open) => {
    for (const each of document.querySelectorAll("details.finding")) if (!each.hidden) each.open = open;
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", soon);
  form.addEventListener("change", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  fields.open.addEventListener("click", () => turn(true));
  fields.shut.addEventListener("click", () => turn(false));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      fields.text.focus();
    } else if (event.key === "Escape" && event.target === fields.text) {
      fields.text.value = "";
      filter();
    }
  });
  filter();
})();
