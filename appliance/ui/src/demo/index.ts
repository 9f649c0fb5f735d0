// The make-believe shop, and how a real one embeds the widget: the queue first, then the script.  Sites without a strict
// content policy put the same line into a <script> element of their page.

type Kefu = ((...given: unknown[]) => void) & { q?: IArguments[] };

(function (w: Window & { kefu?: Kefu }, d: Document, s: string) {
  w.kefu =
    w.kefu ||
    function () {
      (w.kefu!.q = w.kefu!.q || []).push(arguments);
    };
  const e = d.createElement("script");
  e.async = true;
  e.src = s;
  d.head.appendChild(e);
})(window, document, "/widget.js");

const kefu = (...given: unknown[]): void => (window as unknown as { kefu: Kefu }).kefu(...given);
const words = new Map<Element, { zh: string; en: string }>();
for (const element of document.querySelectorAll<HTMLElement>("[data-en]")) {
  words.set(element, { zh: (element.textContent ?? "").trim(), en: element.dataset["en"] ?? "" });
}

function stored(): string | null {
  try {
    return localStorage.getItem("demo:lang");
  } catch {
    return null;
  }
}

function speak(lang: "zh" | "en"): void {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = lang === "zh" ? "山茶小铺" : "Camellia Goods";
  for (const [element, text] of words) element.textContent = text[lang];
  try {
    localStorage.setItem("demo:lang", lang);
  } catch {
    // The page then forgets the choice, nothing more.
  }
}

const asked = new URLSearchParams(location.search).get("lang") ?? stored() ?? navigator.language;
let lang: "zh" | "en" = asked.startsWith("zh") ? "zh" : "en";
speak(lang);
kefu("boot", { lang });

document.querySelector(".lang")!.addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  speak(lang);
  kefu("setLocale", lang);
});
for (const button of document.querySelectorAll("[data-kefu], [data-ask]")) {
  button.addEventListener("click", () => kefu("show"));
}
