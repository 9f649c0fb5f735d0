"use strict";
(() => {
  const root = document.documentElement;
  const title = document.querySelector("title");

  function show(language) {
    root.dataset.lang = language;
    root.lang = language === "zh" ? "zh-CN" : "en";
    document.title = title.dataset[language];
    for (const button of document.querySelectorAll("[data-to]"))
      button.setAttribute("aria-pressed", String(button.dataset.to === language));
  }

  // The same section in the other language, so that whoever switches stays where he was.
  function follow(language) {
    const sections = document.querySelectorAll(`[data-page="${root.dataset.lang}"] [data-section]`);
    const here = [...sections].find((section) => section.getBoundingClientRect().bottom > 80);
    const top = here?.getBoundingClientRect().top ?? 0;
    show(language);
    if (here && top < innerHeight / 2) {
      const there = document.getElementById(`${language}-${here.dataset.section}`);
      scrollBy(0, there.getBoundingClientRect().top - top);
    }
  }

  function save(block) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([block.textContent], { type: block.type }));
    link.download = block.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function read(target) {
    const column = target.closest?.("[data-say]");
    const output = column?.closest("figure")?.querySelector(".readout");
    if (output) output.textContent = column.dataset.say;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.to) follow(button.dataset.to);
    if (button?.dataset.save) save(document.getElementById(button.dataset.save));
    if (button && "print" in button.dataset) print();
  });
  document.addEventListener("pointerover", (event) => read(event.target));
  for (const plot of document.querySelectorAll(".plot"))
    plot.addEventListener("pointerleave", () => {
      const output = plot.closest("figure").querySelector(".readout");
      output.textContent = output.dataset.idle;
    });

  if (!("chosen" in root.dataset)) show(/^zh\b/i.test(navigator.language) ? "zh" : "en");
})();
