(() => {
  "use strict";
  const help = document.getElementById("help");
  const button = document.getElementById("help-button");
  const box = document.getElementById("keys-on");
  const SAME = { j: "n", k: "p" };
  let busy = false;

  // Whoever dictates to the machine, or rests a hand on the keys, can switch single keys off.
  const kept = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  box.checked = kept();
  const tell = () => document.body.classList.toggle("no-keys", !box.checked);
  box.addEventListener("change", () => {
    try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* for this page, then */ }
    tell();
  });
  tell();

  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
  document.getElementById("help-shut").addEventListener("click", () => help.close());

  // One action a page: a key that is held down, or pressed twice, decides one finding and not the next one too.
  addEventListener("submit", (event) => {
    if (busy) event.preventDefault();
    busy = true;
  });
  addEventListener("pageshow", (event) => {
    busy = false;
    if (event.persisted) location.reload(); // what the browser kept of a page may be old
  });

  for (const details of document.querySelectorAll("details.edit")) {
    const area = details.querySelector("textarea");
    const shut = details.querySelector("[data-shut]");
    const close = () => {
      details.open = false;
      details.querySelector("summary").focus();
    };
    shut.hidden = false;
    shut.addEventListener("click", close);
    details.addEventListener("toggle", () => { if (details.open) area.focus(); });
    if (details.open) area.focus();
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        area.form.requestSubmit(area.form.querySelector("button[name=do]"));
      }
    });
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (target.closest("input, select, textarea")) {
      if (event.key === "Escape" && target.closest("input")) target.blur();
      return;
    }
    if (!box.checked && event.key !== "?") return;
    if (event.repeat || busy || help.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = SAME[event.key] || event.key;
    const wanted = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  });
})();
