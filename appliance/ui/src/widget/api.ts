// window.kefu(...): what the page around the widget may ask of it.  Calls made before the script had loaded come first.

import { KefuWidget, type WidgetOptions } from "./element";

type Listener = (detail: unknown) => void;

const EVENTS = ["ready", "error", "unread"] as const;

export class Api {
  private widget: KefuWidget | null = null;

  constructor(private readonly server: string) {}

  /** kefu(command, argument...).  A wrong call is told to the page by a kefu:error event; it never throws at the page. */
  readonly call = (command: string, ...given: unknown[]): void => {
    try {
      this.run(command, given[0], given[1]);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  };

  private run(command: string, given: unknown, more: unknown): void {
    switch (command) {
      case "boot":
        return this.boot(record(given));
      case "update":
        return this.booted((widget) => widget.configure(record(given)));
      case "shutdown":
        this.booted((widget) => widget.end(record(given)["forget"] === true));
        this.widget = null;
        return;
      case "show":
        return this.booted((widget) => widget.show());
      case "hide":
        return this.booted((widget) => widget.hide());
      case "toggle":
        return this.booted((widget) => widget.toggle());
      case "setUser":
        return this.booted((widget) => widget.identify(String(record(given)["identity"] ?? "")));
      case "setLocale":
        return this.booted((widget) => widget.configure({ lang: String(given) }));
      case "on":
        return this.on(String(given), more);
      default:
        this.fail(`kefu: unknown command "${command}". Known: boot, update, shutdown, show, hide, toggle, setUser, setLocale, on`);
    }
  }

  private boot(options: Partial<WidgetOptions>): void {
    if (this.widget !== null) return this.widget.configure(options);
    const widget = document.createElement("kefu-widget") as KefuWidget;
    this.widget = widget;
    const place = (): void => {
      if (this.widget !== widget) return;
      document.body.append(widget);
      widget.begin({ ...options, server: options.server ?? this.server });
    };
    if (document.body !== null) place();
    else document.addEventListener("DOMContentLoaded", place, { once: true });
  }

  private booted(act: (widget: KefuWidget) => void): void {
    if (this.widget === null) this.fail("kefu: call kefu('boot', {}) first");
    else act(this.widget);
  }

  private on(name: string, listener: unknown): void {
    if (!EVENTS.includes(name as (typeof EVENTS)[number]) || typeof listener !== "function") {
      return this.fail(`kefu: on(name, function) knows the names ${EVENTS.join(", ")}`);
    }
    document.addEventListener(`kefu:${name}`, (event) => (listener as Listener)((event as CustomEvent).detail));
  }

  private fail(message: string): void {
    document.dispatchEvent(new CustomEvent("kefu:error", { detail: { message } }));
    console.warn(message);
  }
}

function record(value: unknown): Record<string, never> {
  return (typeof value === "object" && value !== null ? value : {}) as Record<string, never>;
}
