// Everything works without this file. With it, progress is live and fields that do not apply step aside.
"use strict";

function progress(strip) {
  const bar = strip.querySelector("progress");
  const says = strip.querySelector("[data-says]");
  const lines = strip.querySelector("[data-lines]");
  const source = new EventSource(strip.dataset.progress);
  source.addEventListener("progress", (event) => {
    const told = JSON.parse(event.data);
    strip.hidden = false;
    says.textContent = told.says;
    if (told.total > 0) { bar.max = told.total; bar.value = told.done; } else { bar.removeAttribute("value"); }
    for (const line of told.lines) {
      const item = document.createElement("li");
      item.dataset.line = line.number;
      item.textContent = line.text;
      lines.append(item);
      while (lines.children.length > 200) lines.firstChild.remove();
    }
    if (told.lines.length > 0) lines.scrollTop = lines.scrollHeight;
    if (told.ended) { source.close(); location.reload(); }
  });
}

function conditions(form) {
  const apply = () => {
    for (const part of form.querySelectorAll("[data-when]")) {
      const [name, value] = part.dataset.when.split("=");
      const chosen = form.querySelector(`[name="${CSS.escape(name)}"]:checked`);
      const fits = value.startsWith("!") ? chosen?.value !== value.slice(1) : chosen?.value === value;
      part.hidden = chosen !== null && !fits;
    }
  };
  form.addEventListener("change", apply);
  apply();
}

for (const strip of document.querySelectorAll("[data-progress]")) progress(strip);
for (const form of document.querySelectorAll("form[data-conditions]")) conditions(form);
for (const box of document.querySelectorAll("[data-all]")) {
  box.addEventListener("change", () => {
    for (const other of document.querySelectorAll(`input[name="${CSS.escape(box.dataset.all)}"]`)) other.checked = box.checked;
  });
}
