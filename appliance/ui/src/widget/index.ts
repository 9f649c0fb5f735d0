// The script that a site embeds.  Its own address tells where the appliance is.

import { Api } from "./api";
import { KefuWidget } from "./element";

type Queue = { q?: ArrayLike<unknown>[] };

const page = window as unknown as { kefu?: Queue & ((...given: unknown[]) => void) };
const script = document.currentScript as HTMLScriptElement | null;

if (customElements.get("kefu-widget") === undefined) {
  customElements.define("kefu-widget", KefuWidget);
  const api = new Api(script?.src ? new URL(script.src).origin : location.origin);
  const early = page.kefu?.q ?? [];
  page.kefu = api.call as typeof page.kefu & {};
  for (const call of early) api.call(...(Array.from(call) as [string]));
}
