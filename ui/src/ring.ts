/** The ring tone of China's network, played softly: 450 Hz, one second on, four seconds off. */
const ON = 1;
const PERIOD = 5;

export class RingTone {
  private context: AudioContext | null = null;

  /** Rings until stopped; silent where the browser allows no sound yet. */
  start(): void {
    if (this.context) return;
    const context = (this.context = new AudioContext());
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = 450;
    volume.gain.value = 0;
    for (let ring = 0; ring < 24; ring += 1) shape(volume.gain, context.currentTime + ring * PERIOD);
    tone.connect(volume).connect(context.destination);
    tone.start();
  }

  stop(): void {
    void this.context?.close();
    this.context = null;
  }
}

/** One ring with soft edges, so that it does not click. */
function shape(gain: AudioParam, at: number): void {
  gain.setValueAtTime(0, at);
  gain.linearRampToValueAtTime(0.08, at + 0.05);
  gain.setValueAtTime(0.08, at + ON - 0.05);
  gain.linearRampToValueAtTime(0, at + ON);
}
