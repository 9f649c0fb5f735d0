// The handles by which browser tests find things: data-test attributes, stable across looks and languages.  This file is
// the list; a test of the browser code fails when one of these names stands nowhere in the sources.
//
// Playwright's CSS engine looks through open shadow roots: page.locator('[data-test="composer"]').
//
// Attributes on [data-test=message], widget and console:
//   data-seq      place in the log, "" before the ack      data-cid     client id, "" for what the server said
//   data-author   visitor | agent | ai | system             data-note    present on notes (console)
//   data-state    none (not mine) | sending | sent | delivered | read | failed | recalled
// Attributes on [data-test=line]: data-kind, the kind of the event ("joined", "ended", "rated", ...).
// Attributes on [data-test=connection]: data-state.  Widget: online | connecting | reconnecting | full | stopped | replaced;
//   console: online | idle | connecting | waiting | stopped.

/** Inside <kefu-widget>. */
export const WIDGET_HOOKS = [
  "launcher", // opens and closes the window; aria-expanded tells
  "window",
  "connection",
  "retry-connection",
  "agent-name", // the agent's name once one has joined, else the site's
  "more", // opens the menu with the next four
  "ask-human",
  "sound",
  "end",
  "end-confirm",
  "end-cancel",
  "close",
  "log",
  "greeting",
  "menu-item",
  "message",
  "line",
  "retry",
  "discard",
  "recall",
  "typing",
  "queue-line",
  "mode-line", // "" unless messages may come late under load
  "notice",
  "composer",
  "send",
  "rating",
  "rating-star", // data-score 1..5
  "rating-comment",
  "rating-submit",
  "rating-later",
  "form",
  "form-submit",
] as const;

/** Inside <kefu-console>. */
export const CONSOLE_HOOKS = [
  "login-form",
  "invite-form",
  "login",
  "invite-name",
  "password",
  "password-again",
  "submit",
  "lang",
  "settings",
  "sign-out",
  "notifications",
  "connection",
  "banner", // only while there is trouble
  "config-banner", // for chiefs, while the configuration has something to be known
  "toast",
  "conversation-item", // data-id, data-unread; aria-current on the open one
  "queue-item", // data-id
  "take",
  "history-item", // data-id
  "message",
  "line",
  "recall",
  "retry",
  "discard",
  "typing",
  "composer",
  "send",
  "mode-reply",
  "mode-note",
  "quick-replies",
  "quick-reply", // data-shortcut
  "why-line",
  "why",
  "trace",
  "tags",
  "tag-input",
  "panel-open",
  "back",
  "transfer",
  "transfer-target", // data-kind agent | queue, data-id
  "transfer-note",
  "transfer-submit",
  "close",
  "close-confirm",
  "close-cancel",
  "offer", // data-id
  "accept",
  "decline",
  "watch",
  "join",
  "palette",
  "palette-input",
  "palette-item",
  "mode-strip", // data-tier; only while something is off under load
  "mode-more",
  "desk-age",
  "load-page",
  "load-wrong",
  "load-wall",
  "load-tier", // data-tier
  "load-cause",
  "load-share",
  "load-off",
  "load-part", // data-name
  "load-rung", // data-tier
  "load-form",
  "load-pick",
  "load-time",
  "load-hold",
  "load-zero",
  "load-forced",
  "load-auto",
  "load-saved", // data-name
  "load-change", // data-from, data-to
  "rehearse",
  "rehearse-dialog",
  "rehearse-hold",
  "rehearse-cancel",
  "rehearse-go",
  "team-row", // data-id
  "team-add",
  "team-form",
  "team-name",
  "team-login",
  "team-role",
  "team-capacity",
  "team-save",
  "team-edit",
  "team-reset",
  "team-invite",
  "team-link",
  "reply-row",
  "reply-add",
  "reply-form",
  "reply-shortcut",
  "reply-text",
  "reply-save",
  "reply-remove",
] as const;

/** Made from a name: status-ready, status-busy, status-away; tab-mine, tab-queue, tab-history, tab-team, tab-replies, tab-load (chiefs);
 *  form-name, form-phone, form-text (widget); dialog-transfer, dialog-close, dialog-settings. */
export const MADE_HOOKS = ["status-", "tab-", "form-", "dialog-"] as const;

/** On the demo page. */
export const DEMO_HOOKS = ["demo-lang", "demo-ask", "demo-console"] as const;
