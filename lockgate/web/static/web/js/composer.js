import { startAutosave } from "./autosave.js";
import { lookNow } from "./live.js";
import { startNaming } from "./naming.js";
import { keepBefore, underline } from "./underlines.js";
import { ask, word } from "./words.js";

// The heart: places above, words in the middle, what the gate says of them below. Every answer is the server's.
const PAUSE_MS = 250;

function chips(form, changed) {
  const row = form.querySelector("[data-chips]");
  if (!row) return;
  const boxes = [...form.querySelectorAll('input[name="places"]')];
  const draw = () => {
    const on = boxes.filter((box) => box.checked);
    row.replaceChildren(
      ...on.map((box) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = `chip ${box.dataset.kind}`;
        chip.setAttribute("aria-label", word("remove", { name: box.dataset.name }));
        const dot = document.createElement("span");
        dot.className = `dot ${box.dataset.kind}`;
        const cross = document.createElement("span");
        cross.textContent = "×";
        cross.setAttribute("aria-hidden", "true");
        chip.append(dot, box.dataset.name, cross);
        chip.addEventListener("click", () => {
          box.checked = false;
          draw();
          changed();
          (row.querySelector("button") ?? form.querySelector("[popovertarget]"))?.focus();
        });
        return chip;
      }),
    );
  };
  for (const box of boxes) box.addEventListener("change", () => { draw(); changed(); });
  draw();
}

function attachments(form, changed, problem) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector("[data-attached]");
  if (!input || !list) return;
  input.addEventListener("change", async () => {
    for (const file of input.files) {
      const fields = new FormData();
      fields.set("file", file);
      const told = await ask(form.dataset.attach, fields);
      if (told.error) problem(told);
      else {
        list.insertAdjacentHTML("beforeend", told.html);
        problem(null);
      }
    }
    input.value = "";
    changed();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-detach]");
    if (!button) return;
    ask(button.dataset.detach, new FormData());
    button.closest("li").remove();
    changed();
    input.focus();
  });
}

function startComposer(form) {
  const words = form.querySelector("textarea");
  const under = form.querySelector("[data-under]");
  const findings = form.querySelector("[data-findings]");
  const who = form.querySelector("[data-who]");
  const buttons = form.querySelector("[data-buttons]");
  const trouble = form.querySelector("[data-problem]");
  startNaming(form, words);
  const draft = startAutosave(form);
  let spans = [];
  let checkedText = words.value;
  let timer = 0;
  let running = null;
  let sending = false;

  function problem(told) {
    trouble.hidden = !told;
    trouble.textContent = told ? [told.sentence, told.mend].filter(Boolean).join(" ") : "";
  }

  async function check() {
    running?.abort();
    running = new AbortController();
    const text = words.value;
    const fields = new FormData(form);
    fields.delete("files");
    const told = await ask(form.dataset.check, new URLSearchParams([...fields.entries()]), { signal: running.signal });
    if (told.error === "aborted") return;
    if (told.error) return problem(told);
    problem(null);
    if (findings.innerHTML !== told.findings) findings.innerHTML = told.findings;
    if (who.innerHTML !== told.who) who.innerHTML = told.who;
    const similar = form.querySelector("[data-similar]");
    if (similar && similar.innerHTML !== told.similar) similar.innerHTML = told.similar;
    const typing = buttons.contains(document.activeElement) ? document.activeElement.name + document.activeElement.value : "";
    if (buttons.innerHTML !== told.buttons) {
      buttons.innerHTML = told.buttons;
      if (typing) [...buttons.querySelectorAll("button")].find((one) => one.name + one.value === typing)?.focus();
    }
    for (const extra of form.querySelectorAll("[data-when-asked]")) extra.hidden = !told.asks_reason && !extra.querySelector("input, textarea")?.value;
    if (words.value === text) {
      spans = told.spans;
      checkedText = text;
      underline(under, text, spans);
    }
  }

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  }

  words.addEventListener("input", () => {
    spans = keepBefore(spans, checkedText, words.value);
    checkedText = words.value;
    underline(under, words.value, spans);
    changed();
  });
  form.addEventListener("change", (event) => {
    if (event.target !== words) changed();
  });
  findings.addEventListener("click", (event) => {
    const button = event.target.closest("[data-marks]");
    if (!button) return;
    const marking = form.querySelector('select[name="marking"]');
    marking.value = button.dataset.marks;
    marking.focus();
    marking.dispatchEvent(new Event("change", { bubbles: true }));
    draft.touch();
  });
  chips(form, () => { changed(); draft.touch(); });
  attachments(form, () => { changed(); draft.touch(); }, problem);
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      buttons.querySelector(".primary")?.click();
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    running?.abort();
    draft.forget();
    form.setAttribute("aria-busy", "true");
    const fields = new FormData(form, event.submitter);
    fields.delete("files");
    const told = await ask(form.action, new URLSearchParams([...fields.entries()]));
    sending = false;
    form.removeAttribute("aria-busy");
    if (told.error) {
      problem(told);
      trouble.scrollIntoView({ block: "nearest" });
      check();
      draft.touch();
      return;
    }
    if (told.go) return window.location.assign(told.go);
    words.value = "";
    spans = [];
    underline(under, "", spans);
    findings.replaceChildren();
    form.querySelector("[data-attached]")?.replaceChildren();
    for (const field of form.querySelectorAll("[data-clears]")) field.value = "";
    problem(null);
    const said = document.getElementById("said");
    if (said) {
      said.innerHTML = told.said;
      said.hidden = false;
    }
    check();
    lookNow({ isOwn: true });
    words.focus();
  });

  underline(under, words.value, spans);
  words.classList.remove("plainly");
  if (words.value.trim() || form.dataset.eager) check();
}

export function startComposers(within = document) {
  for (const form of within.querySelectorAll("form[data-composer]:not([data-started])")) {
    form.dataset.started = "yes";
    startComposer(form);
  }
}
