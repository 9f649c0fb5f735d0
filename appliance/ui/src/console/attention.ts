// Calls the agent to the console: sound, desktop notification, title.  Each can be turned off and stays off.

import type { Keep } from "../link/keep";
import { chime, TitleAlert } from "../look/alerts";

const APART = 1_500;

export class Attention {
  private readonly title = new TitleAlert(document);
  private last = 0;
  /** Told with the conversation whose notification was clicked. */
  opened: (conversation: string) => void = () => undefined;

  constructor(private readonly keep: Keep) {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.title.clear();
    });
  }

  get sound(): boolean {
    return this.keep.get("kefu:desk-sound") !== "off";
  }

  set sound(on: boolean) {
    this.keep.set("kefu:desk-sound", on ? "on" : "off");
    if (on) chime();
  }

  get notifications(): boolean {
    return this.keep.get("kefu:desk-notify") === "on" && "Notification" in window && Notification.permission === "granted";
  }

  /** Turning them on may need the browser's permission; returns whether they are on. */
  async setNotifications(on: boolean): Promise<boolean> {
    if (on && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
    this.keep.set("kefu:desk-notify", on ? "on" : "off");
    return this.notifications;
  }

  call(title: string, body: string, conversation: string): void {
    this.title.set("● ");
    const now = Date.now();
    if (now - this.last < APART) return;
    this.last = now;
    if (this.sound) chime();
    if (!this.notifications || !document.hidden) return;
    const note = new Notification(title, { body: body.slice(0, 120), tag: conversation, icon: "/assets/kefu.svg" });
    note.onclick = () => {
      window.focus();
      this.opened(conversation);
      note.close();
    };
  }
}
