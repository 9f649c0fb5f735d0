// Style sheets for shadow roots.  Adopted, because a strict content policy blocks <style> elements.

export function sheets(...texts: string[]): CSSStyleSheet[] {
  return texts.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
}
