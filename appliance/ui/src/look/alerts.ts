// A short chime, made rather than loaded: no file, no request, nothing for a content policy to forbid.

let audio: AudioContext | null = null;

export function chime(): void {
  // Before the person has touched the page no browser plays sound, and some complain in the console.
  if (navigator.userActivation?.hasBeenActive === false) return;
  try {
    audio ??= new AudioContext();
    void audio.resume();
    const start = audio.currentTime;
    for (const [delay, pitch] of [
      [0, 660],
      [0.11, 880],
    ] as const) {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, start + delay);
      gain.gain.linearRampToValueAtTime(0.12, start + delay + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + delay + 0.28);
      tone.connect(gain).connect(audio.destination);
      tone.start(start + delay);
      tone.stop(start + delay + 0.3);
    }
  } catch {
    // No audio device, or sound is forbidden here: silence is fine.
  }
}

/** Puts `mark` before the page's title while the page is hidden and something is unread. */
export class TitleAlert {
  private original: string | null = null;
  private shown = "";

  constructor(private readonly page: Document) {}

  set(mark: string | null): void {
    if (mark === null || !this.page.hidden) return this.clear();
    // A page may have changed its own title meanwhile: then that one is the original.
    if (this.original === null || this.page.title !== this.shown) this.original = this.page.title;
    this.shown = mark + this.original;
    this.page.title = this.shown;
  }

  clear(): void {
    if (this.original !== null && this.page.title === this.shown) this.page.title = this.original;
    this.original = null;
  }
}
