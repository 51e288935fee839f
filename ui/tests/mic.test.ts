import { expect, test } from "vitest";
import { explain, Framer, loudness, RATE } from "../src/mic";

/** A second of a tone at a sampling rate, in blocks as the browser gives them. */
function tone(rate: number, hertz: number): Float32Array[] {
  const whole = Float32Array.from({ length: rate }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate) / 2);
  return Array.from({ length: Math.ceil(rate / 1024) }, (_, i) => whole.slice(i * 1024, (i + 1) * 1024));
}

const crossings = (samples: number[]) => samples.filter((value, i) => i > 0 && samples[i - 1] < 0 && value >= 0).length;

test.each([16000, 44100, 48000])("a second at %i Hz becomes ten frames at 16 kHz of the same pitch", (rate) => {
  const framer = new Framer(rate);
  const frames = tone(rate, 440).flatMap((block) => framer.push(block));
  expect(frames.map((frame) => frame.length)).toEqual(Array(frames.length).fill(RATE / 10));
  expect(frames.length).toBeGreaterThanOrEqual(9);
  const heard = crossings(frames.flatMap((frame) => [...frame])) / (frames.length / 10);
  expect(Math.abs(heard - 440)).toBeLessThan(5);
});

test("too loud is clipped, not wrapped", () => {
  const [frame] = new Framer(RATE).push(new Float32Array(RATE / 10).fill(1.5));
  expect(frame[0]).toBe(32767);
});

test("the meter rests at silence and is full at full volume", () => {
  expect(loudness(new Int16Array(160))).toBe(0);
  expect(loudness(new Int16Array(160).fill(32767))).toBeCloseTo(1);
});

test("a refusal of the browser says what to do", () => {
  const named = (name: string) => explain(Object.assign(new Error("x"), { name }));
  expect(named("NotAllowedError")).toContain("允许");
  expect(named("NotFoundError")).toContain("耳麦");
  expect(named("NotReadableError")).toContain("占用");
});
