// What a careful person would find on a page, as sentences: things without a name, words too faint to read, sideways
// scrolling.  Looks into open shadow roots.  Evaluates to a list; an empty one is a fine page.
() => {
  const wrongs = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const parent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;

  const all = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      all.push(element);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  const call = (element) => {
    const test = element.dataset?.test ? `[${element.dataset.test}]` : "";
    return `<${element.localName}${test}> "${(element.textContent ?? "").trim().slice(0, 30)}"`;
  };

  // Names
  const written = (element) => {
    if (element.getAttribute("aria-hidden") === "true" || element.hidden) return "";
    let text = "";
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.textContent;
      else if (child.nodeType === Node.ELEMENT_NODE) text += child.getAttribute("alt") ?? written(child);
    }
    return text.trim();
  };
  const nameOf = (element) => {
    const label = element.getAttribute("aria-label")?.trim();
    if (label) return label;
    const by = element.getAttribute("aria-labelledby");
    if (by) return by.split(/\s+/).map((id) => element.getRootNode().getElementById(id)?.textContent ?? "").join(" ").trim();
    for (const one of element.labels ?? []) if (written(one)) return written(one);
    const field = ["input", "textarea", "select"].includes(element.localName);
    return (field ? "" : written(element)) || element.getAttribute("title")?.trim() || "";
  };
  const NAMED = "button, a[href], input:not([type=hidden]), textarea, select, [role=log], [role=radio], [role=tab], [role=option], [role=menuitem], [role=radiogroup], [role=alertdialog]";
  for (const element of all) {
    if (!shown(element)) continue;
    if (element.matches(NAMED) && nameOf(element) === "") wrongs.push(`has no name: ${call(element)}`);
    if (element.localName === "img" && !element.hasAttribute("alt")) wrongs.push(`has no alt: ${element.src}`);
    if (element.tabIndex > 0) wrongs.push(`jumps the queue of the Tab key: ${call(element)}`);
    if (element.matches("button button, a a, button a, a button")) wrongs.push(`stands in another control: ${call(element)}`);
    for (const [role, inside] of [["tab", "tablist"], ["radio", "radiogroup"], ["option", "listbox"], ["menuitem", "menu"]]) {
      if (element.getAttribute("role") === role && !element.closest(`[role=${inside}]`)) wrongs.push(`a ${role} outside a ${inside}: ${call(element)}`);
    }
  }
  if (!document.documentElement.lang) wrongs.push("the page does not say its language");
  if (!document.title) wrongs.push("the page has no title");
  const ids = new Map();
  for (const element of all) {
    if (!element.id) continue;
    const seen = ids.get(element.getRootNode()) ?? ids.set(element.getRootNode(), new Set()).get(element.getRootNode());
    if (seen.has(element.id)) wrongs.push(`the id ${element.id} is there twice`);
    seen.add(element.id);
  }

  // Contrast: WCAG 2 AA, against the colours behind, as far as they are plain colours
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = parent(at)) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" || style.opacity !== "1") return null;
      const colour = rgba(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    const ground = matchMedia("(prefers-color-scheme: dark)").matches && getComputedStyle(document.documentElement).colorScheme.includes("dark") ? [18, 18, 18, 1] : [255, 255, 255, 1];
    return layers.reverse().reduce((under, layer) => over(layer, under), ground);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  for (const element of all) {
    const says = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!says || !shown(element) || element.closest("svg, :disabled, [aria-disabled=true], noscript, script, style")) continue;
    const ground = behind(element);
    if (ground === null) continue;
    const style = getComputedStyle(element);
    const ink = over(rgba(style.color), ground);
    const [bright, dim] = [light(ink), light(ground)].sort((a, b) => b - a);
    const ratio = (bright + 0.05) / (dim + 0.05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < needed - 0.01) wrongs.push(`too faint, ${ratio.toFixed(2)} of ${needed}: ${call(element)}`);
  }

  // Sideways
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) wrongs.push(`the page scrolls sideways: ${page.scrollWidth} px on ${page.clientWidth}`);
  for (const element of all) {
    const { overflowX } = getComputedStyle(element);
    const scrolls = overflowX === "auto" || overflowX === "scroll";
    if (scrolls && element.localName !== "input" && shown(element) && element.scrollWidth > element.clientWidth + 1) {
      wrongs.push(`scrolls sideways, ${element.scrollWidth} px in ${element.clientWidth}: ${call(element)}`);
    }
  }

  // Off the screen: something to press that nobody can reach
  for (const element of all) {
    if (!element.matches("button, input, textarea, select") || !shown(element)) continue;
    const { left, right, width } = element.getBoundingClientRect();
    if (width > 0 && (left < -1 || right > innerWidth + 1)) wrongs.push(`sticks out of the screen: ${call(element)}`);
  }
  return [...new Set(wrongs)];
}
